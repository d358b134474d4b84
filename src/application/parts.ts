/**
 * parts: puts one sync's parts together: wire, connector, side, lane. The only place that names concrete systems.
 *
 * Must never decide anything about people, and never keep a secret beyond the function that sends it.
 */
import type { ConstantContactConnection, CrmSync, MirrorSync, Sync, TableSync } from '../config/config.ts';
import { fingerprintSync } from '../config/fingerprint.ts';
import type { Access } from '../connector/access.ts';
import type { TableSide } from '../connector/side.ts';
import type { SourceConnector } from '../connector/source.ts';
import type { PeopleTarget } from '../connector/target.ts';
import type { Wire } from '../connector/wire.ts';
import { classify } from '../connectors/constant-contact/v3/classify.ts';
import { createConstantContactV3 } from '../connectors/constant-contact/v3/connector.ts';
import { createPeopleTarget } from '../connectors/constant-contact/v3/people-target.ts';
import { openSqliteMembers } from '../connectors/sqlite/members.ts';
import { openSqliteMirror } from '../connectors/sqlite/mirror.ts';
import { openSqliteTable } from '../connectors/sqlite/table.ts';
import type { SyncSpec } from '../engine/work-context.ts';
import type { Lane } from '../engine/lane.ts';
import { membershipsOf } from '../engine/memberships.ts';
import { mirrorLane } from '../engine/mirror-lane.ts';
import { crmLane } from '../engine/crm-lane.ts';
import { tableLane } from '../engine/table-lane.ts';
import { createWire, type WaitInfo } from '../http/wire.ts';
import type { CrmFieldRule, CrmMapping, LabelRule } from '../plan/crm-mapping.ts';
import type { TableMapping } from '../plan/table-step.ts';
import { openCrm } from './crm.ts';
import { openAccess } from './access.ts';
import type { Installation, Ports } from './installation.ts';

/** A source with the wire that counts its requests. */
export interface OpenSource {
  readonly connection: ConstantContactConnection;
  readonly source: SourceConnector;
  readonly wire: Wire;
  /** Its people as somebody to write to. */
  readonly people: PeopleTarget;
  /** Changes when the signed-in identity may have; says nothing about it. */
  readonly credential: string;
  /** Every request on the wire so far, token calls included. */
  readonly requests: () => number;
}

/** Opens a Constant Contact connection; nothing is sent yet. Throws MasterKeyRefused. */
export async function openSource(
  at: Installation,
  connection: ConstantContactConnection,
  onWait: (info: WaitInfo) => void,
): Promise<OpenSource> {
  const { access, credential, sent } = await openAccess(at, connection);
  const opened = openWith(at, connection, access, onWait);
  const { wire } = opened;
  return { connection, ...opened, credential, requests: () => wire.sent + sent() };
}

/** Opens a connection with a given token in hand. */
export function openWith(
  { store, ports }: Installation,
  { name, baseUrl, budget }: ConstantContactConnection,
  access: Access,
  onWait: (info: WaitInfo) => void,
): Pick<OpenSource, 'source' | 'wire' | 'people'> {
  const wire = createWire({
    connection: name,
    baseUrl,
    group: budget.group,
    limits: { perSecond: budget.perSecond, perDay: budget.perDay },
    access,
    classify,
    transport: ports.transport,
    ledger: store,
    clock: ports.clock,
    random: ports.random,
    onWait,
  });
  return {
    source: createConstantContactV3({ wire, connection: name }),
    wire,
    people: createPeopleTarget({ wire, connection: name }),
  };
}

/** A secondary with its lane; `close` lets its file go. */
export interface OpenSide {
  readonly lane: Lane;
  /** Requests on the wire so far; null: it is no system that is asked over one. */
  readonly requests: (() => number) | null;
  readonly close: () => Promise<void>;
}

/** Opens a sync's secondary; a mirror is created by its first pass, a user's table never. `people`: the primary's, for who writes. */
export async function openSide(
  at: Installation,
  sync: Sync,
  people: PeopleTarget | null = null,
  onWait: (info: WaitInfo) => void = () => undefined,
): Promise<OpenSide> {
  switch (sync.mode) {
    case 'mirror':
      return { ...(await openMirror(sync, at.ports)), requests: null };
    case 'table':
      return { ...(await openTable(sync, at.ports, people)), requests: null };
    case 'crm': {
      const crm = await openCrm(at, sync.secondary, onWait);
      const carry = writesToPrimary(sync) ? people : null;
      const lane = crmLane({ ...crm, mapping: crmMappingOf(sync) }, carry);
      return { lane, requests: crm.requests, close: () => Promise.resolve() };
    }
  }
}

/** Says how people are met in a CRM, and what is carried. */
export function crmMappingOf(sync: CrmSync): CrmMapping {
  const { secondary, match, consent, fields, create, newFromSecondary, placeholder, addressType, lists, tags } = sync;
  return {
    name: secondary.name,
    account: ACCOUNT,
    source: ACCOUNT,
    refers: match.includes('reference'),
    // Whether one contact may bear two outside ids of one source is nowhere documented.
    severalReferences: false,
    consent: consent.direction,
    bounceCodes: consent.bounces,
    fields: crmRulesOf(fields),
    lists: labelRuleOf(lists),
    tags: labelRuleOf(tags),
    creates: newFromSecondary,
    create,
    addressType,
    placeholder,
  };
}
/** Says which fields go between both, by the rules that the plan decides by. */
function crmRulesOf(fields: CrmSync['fields']): readonly CrmFieldRule[] {
  return fields.map(({ from, to, direction, write }) => ({ field: from, to, direction, write }));
}

function labelRuleOf(labels: CrmSync['lists']): LabelRule | null {
  if (labels === null) return null;
  const { direction, ...rule } = labels;
  return { ...rule, twoWay: direction === 'two-way' };
}

/** What people in a CRM call the account, in notes and as the source of an outside id. */
const ACCOUNT = 'Constant Contact';

type Opened = Omit<OpenSide, 'requests'>;

async function openMirror(sync: MirrorSync, ports: Ports): Promise<Opened> {
  const { name: connection, file } = sync.secondary;
  const side = await openSqliteMirror({
    connection,
    file,
    prefix: sync.prefix,
    steps: ports.steps,
    newId: () => ports.ids.next(),
  });
  return { lane: mirrorLane(side), close: () => side.close() };
}

async function openTable(sync: TableSync, ports: Ports, people: PeopleTarget | null): Promise<Opened> {
  const { side, mapping } = await openTableSide(sync, ports);
  const target = writesToPrimary(sync) ? people : null;
  if (sync.lists === null) return { lane: tableLane(side, mapping, target), close: () => side.close() };
  const { name: connection, file } = sync.secondary;
  const members = openSqliteMembers({ connection, file, steps: ports.steps, ...sync.lists });
  const lists = membershipsOf({ people: side, members, mapping, twoWay: sync.lists.direction === 'two-way' });
  return {
    lane: tableLane(side, mapping, target, lists),
    close: async () => {
      await members.close();
      await side.close();
    },
  };
}

/** Opens a user's table by its mapping, without a lane. */
export async function openTableSide(
  sync: TableSync,
  ports: Ports,
): Promise<{ readonly side: TableSide; readonly mapping: TableMapping }> {
  const { name: connection, file } = sync.secondary;
  const mapping = mappingOf(sync);
  const columns = [
    ...Object.values(mapping.columns),
    ...(mapping.consentColumn === null ? [] : [mapping.consentColumn]),
    ...(mapping.creates === null ? [] : [mapping.creates.evidence]),
  ].filter((column) => column !== mapping.key);
  const side = await openSqliteTable({
    connection,
    file,
    table: sync.table,
    key: sync.key,
    columns,
    steps: ports.steps,
  });
  return { side, mapping };
}

/** Tells whether anything of a sync goes to its primary. */
export function writesToPrimary(sync: Sync): boolean {
  if (sync.mode === 'mirror') return false;
  if (sync.mode === 'crm')
    return (
      sync.consent.direction === 'two-way' || sync.fields.some(({ direction }) => direction !== 'primary-to-secondary')
    );
  if (sync.consent?.direction === 'two-way' || sync.lists?.direction === 'two-way') return true;
  return sync.fields.some(({ direction }) => direction === 'two-way');
}

function mappingOf(sync: TableSync): TableMapping {
  return {
    key: sync.key,
    columns: Object.fromEntries(sync.fields.map(({ from, to }) => [from, to])),
    rules: sync.fields.map(({ from, direction, write }) => ({ field: from, direction, write })),
    consentColumn: sync.consent?.column ?? null,
    carries: sync.consent?.direction === 'two-way',
    creates: sync.create,
  };
}

/** Says what the engine needs of a sync's configuration. */
export function specOf(sync: Sync): SyncSpec {
  return {
    name: sync.name,
    primary: sync.primary.name,
    secondary: sync.secondary.name,
    streams: sync.mode === 'mirror' ? sync.streams : ['contacts'],
    reconcileMs: sync.reconcileMs,
    guards: sync.guards.destructive,
    fingerprint: fingerprintSync(sync),
  };
}
