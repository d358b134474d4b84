/**
 * crm: opens a connection to a CRM: wire, source, target.
 *
 * Must never decide anything about people, and never keep a secret beyond the function that sends it.
 */
import type { VirtuousConnection } from '../config/config.ts';
import { fixedAccess } from '../connector/access.ts';
import type { CrmSource, CrmTarget } from '../connector/crm.ts';
import type { Wire } from '../connector/wire.ts';
import type { Asking } from '../connectors/virtuous/ask.ts';
import { classify } from '../connectors/virtuous/classify.ts';
import { createVirtuousSource } from '../connectors/virtuous/source.ts';
import { createVirtuousTarget } from '../connectors/virtuous/target.ts';
import { createWire, type WaitInfo } from '../http/wire.ts';
import { textHash } from '../model/hash.ts';
import type { Installation } from './installation.ts';

/** A CRM with the wire that counts its requests. */
export interface OpenCrm {
  readonly connection: VirtuousConnection;
  readonly source: CrmSource;
  readonly target: CrmTarget;
  readonly wire: Wire;
  readonly asking: Asking;
  /** Changes when the signed-in identity may have; says nothing about it. */
  readonly credential: string;
  /** Every request on the wire so far. */
  readonly requests: () => number;
}

/** The vendor names no limit a second; this is gentle, and an hour's requests are still gone in minutes. */
const PER_SECOND = 5;

/** Opens a Virtuous connection; nothing is sent yet. */
export async function openCrm(
  { store, ports }: Installation,
  connection: VirtuousConnection,
  onWait: (info: WaitInfo) => void,
): Promise<OpenCrm> {
  const { name, baseUrl, auth, budget } = connection;
  const wire = createWire({
    connection: name,
    baseUrl,
    group: budget.group,
    limits: { perSecond: PER_SECOND, perHour: budget.perHour, share: budget.share },
    access: fixedAccess(() => auth.apiKey.reveal()),
    classify,
    transport: ports.transport,
    ledger: store,
    clock: ports.clock,
    random: ports.random,
    onWait,
  });
  const asking = { wire, connection: name };
  return {
    connection,
    source: createVirtuousSource(asking),
    target: createVirtuousTarget(asking),
    wire,
    asking,
    credential: textHash(`credential ${auth.apiKey.reveal()}`),
    requests: () => wire.sent,
  };
}
