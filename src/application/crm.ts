/**
 * crm: opens a connection to a CRM: wire, source, target.
 *
 * Must never decide anything about people, and never keep a secret beyond the function that sends it.
 */
import type { VirtuousConnection } from '../config/config.ts';
import type { Access } from '../connector/access.ts';
import type { CrmSource, CrmTarget } from '../connector/crm.ts';
import type { Wire } from '../connector/wire.ts';
import type { Asking } from '../connectors/virtuous/ask.ts';
import { classify } from '../connectors/virtuous/classify.ts';
import { createVirtuousSource } from '../connectors/virtuous/source.ts';
import { createVirtuousTarget } from '../connectors/virtuous/target.ts';
import { createWire, type WaitInfo } from '../http/wire.ts';
import { openCrmAccess } from './access.ts';
import type { Installation } from './installation.ts';

/** A CRM with the wire that counts its requests. */
export interface OpenCrm {
  readonly connection: VirtuousConnection;
  readonly source: CrmSource;
  readonly target: CrmTarget;
  readonly wire: Wire;
  readonly asking: Asking;
  /** Requests of an hour as the vendor said last, else as the file has it, and how many percent of them are ours. */
  readonly pace: () => Promise<{ readonly perHour: number; readonly sharePercent: number }>;
  /** Changes when the signed-in identity may have; says nothing about it. */
  readonly credential: string;
  /** Every request so far, those of signing in among them. */
  readonly requests: () => number;
}

/** The vendor names no limit a second; this is gentle, and an hour's requests are still gone in minutes. */
const PER_SECOND = 5;

/** Opens a Virtuous connection; nothing is sent yet. Throws MasterKeyRefused. */
export async function openCrm(
  at: Installation,
  connection: VirtuousConnection,
  onWait: (info: WaitInfo) => void,
): Promise<OpenCrm> {
  const { access, credential, sent } = await openCrmAccess(at, connection);
  const opened = openCrmWith(at, connection, access, onWait);
  return { ...opened, credential, requests: () => opened.wire.sent + sent() };
}

/** The same with a given access: what a sign-in is tried with before it counts. */
export function openCrmWith(
  { store, ports }: Installation,
  connection: VirtuousConnection,
  access: Access,
  onWait: (info: WaitInfo) => void,
): Omit<OpenCrm, 'credential' | 'requests'> {
  const { name, baseUrl, budget } = connection;
  const wire = createWire({
    connection: name,
    baseUrl,
    group: budget.group,
    limits: { perSecond: PER_SECOND, perHour: budget.perHour, share: budget.share },
    access,
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
    pace: async () => ({
      perHour: (await store.window(budget.group))?.quota ?? budget.perHour,
      sharePercent: budget.share,
    }),
  };
}
