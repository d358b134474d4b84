/**
 * The mirror against the simulator's truth: every column, every sub-table, everybody but those who are held.
 *
 * Built from the world's own state, never from what Concord stored or what the API answered; only the form of times is
 * that of the answers. Held people (a permission nobody documented) are left out: their last known word stands.
 */
import { KNOWN_PERMISSIONS, type Person } from '../../simulators/world/types.ts';
import { detailsOf } from '../../simulators/world/details.ts';
import type { World } from '../../simulators/world/world.ts';

type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;
type Tables = Readonly<Record<string, readonly Row[]>>;
/** Asks the mirror's database. */
export type AskMirror = (sql: string) => readonly Row[];

const KNOWN: ReadonlySet<string> = new Set(KNOWN_PERMISSIONS);
const OF_CONTACTS = [
  'list_memberships',
  'contact_tags',
  'contact_custom_fields',
  'phone_numbers',
  'street_addresses',
  'notes',
] as const;

/** How one table of the mirror differs from the truth; a few rows that only one of them has. */
export interface TableDifference {
  readonly table: string;
  readonly onlyInMirror: readonly string[];
  readonly onlyInTruth: readonly string[];
  /** More rows in the mirror than in truth, or fewer: a row that is doubled differs in nothing else. */
  readonly surplus: number;
}

/** Compares the whole mirror with the whole truth; `except`: contacts that the caller knows to differ. */
export function mirrorDifferences(world: World, ask: AskMirror, except: Iterable<string> = []): TableDifference[] {
  const left = new Set([...except, ...heldPeople(world)]);
  return Object.entries(tablesOfTruth(world, left)).flatMap(([table, rows]) => {
    const mirror = mirrorRows(world, ask, table, rows, left);
    const surplus = mirror.length - rows.length;
    const found = { table, ...difference(mirror, rows), surplus };
    return found.onlyInMirror.length + found.onlyInTruth.length === 0 && surplus === 0 ? [] : [found];
  });
}

function difference(
  mirror: readonly Row[],
  truth: readonly Row[],
): Pick<TableDifference, 'onlyInMirror' | 'onlyInTruth'> {
  const lines = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row));
  const without = (rows: readonly string[], others: readonly string[]): string[] => {
    const known = new Set(others);
    return rows.filter((row) => !known.has(row)).slice(0, 5);
  };
  const [left, right] = [lines(mirror), lines(truth)];
  return { onlyInMirror: without(left, right), onlyInTruth: without(right, left) };
}

/** Names everybody whose permission is none that the vendor documents. */
export function heldPeople(world: World): string[] {
  const odd = world.switches.current.unknownPermission;
  return [...world.people.values()]
    .filter(({ email, sequence }) => {
      if (email === null) return false;
      const shown = odd !== null && email.permission !== 'unsubscribed' && sequence % 7 === 0 ? odd : email.permission;
      return !KNOWN.has(shown);
    })
    .map((person) => person.id);
}

/** Reads the mirror's rows in the columns that the truth has, living records only where the truth forgets the dead. */
function mirrorRows(
  world: World,
  ask: AskMirror,
  table: string,
  like: readonly Row[],
  left: ReadonlySet<string>,
): readonly Row[] {
  const columns = like[0] === undefined ? '*' : Object.keys(like[0]).join(', ');
  const living = table === 'tags' || table === 'custom_fields' ? ' WHERE deleted_at IS NULL' : '';
  return sorted(
    ask(`SELECT ${columns} FROM ${table}${living}`)
      .filter((row) => !left.has(String(row['contact_id'])))
      .filter((row) => table !== 'custom_field_choices' || world.fields.has(String(row['custom_field_id']))),
  );
}

function tablesOfTruth(world: World, left: ReadonlySet<string>): Tables {
  const time = timeText(world);
  const people = [...world.people.values()].filter((person) => !left.has(person.id));
  const rows: Record<string, Row[]> = {
    contacts: people.map((person) => contactRow(person, world)),
    sms_channels: world.switches.current.smsChannel ? people.flatMap(smsRow) : [],
    ...Object.fromEntries(OF_CONTACTS.map((table) => [table, []])),
    ...catalogueRows(world),
  };
  for (const person of people) addSubRows(rows, person, world, time);
  return Object.fromEntries(Object.entries(rows).map(([table, one]) => [table, sorted(one)]));
}

const NO_EMAIL = {
  address: null,
  permission: null,
  optInSource: null,
  optInDate: null,
  optOutSource: null,
  optOutDate: null,
  optOutReason: null,
  updatedAt: null,
  confirmStatus: null,
} as const;

function contactRow(person: Person, world: World): Row {
  const email = person.email ?? NO_EMAIL;
  const time = timeText(world);
  return {
    contact_id: person.id,
    email_address: email.address,
    permission_to_send: email.permission,
    opt_in_source: email.optInSource,
    opt_in_date: time(email.optInDate),
    opt_out_source: email.optOutSource,
    opt_out_date: time(email.optOutDate),
    opt_out_reason: email.optOutReason,
    email_updated_at: time(email.updatedAt),
    confirm_status: email.confirmStatus,
    first_name: person.firstName,
    last_name: person.lastName,
    job_title: person.jobTitle,
    company_name: person.companyName,
    birthday_month: person.birthdayMonth,
    birthday_day: person.birthdayDay,
    anniversary: person.anniversary,
    create_source: person.createSource,
    update_source: person.updateSource,
    created_at: time(person.createdAt),
    updated_at: time(person.updatedAt),
    deleted_at: person.deletedAt === null ? null : new Date(person.deletedAt).toISOString().slice(0, 10),
    extra: world.switches.current.extraFields
      ? JSON.stringify({ contact_score: person.sequence % 100, x_internal: { flags: [], shard: 3 } })
      : null,
  };
}

function smsRow({ id, sms }: Person): Row[] {
  return sms === null ? [] : [{ contact_id: id, sms_channel_id: sms.channelId, sms_address: sms.number }];
}

function addSubRows(rows: Record<string, Row[]>, person: Person, world: World, time: TimeText): void {
  const contact_id = person.id;
  const details = detailsOf(person, world.firstFields);
  rows['list_memberships']?.push(...person.lists.map((list_id) => ({ contact_id, list_id })));
  rows['contact_tags']?.push(...person.tags.map((tag_id) => ({ contact_id, tag_id })));
  for (const { fieldId, value, choiceIds } of details.fields) {
    if (!world.fields.has(fieldId)) continue;
    const choice_ids = choiceIds === null ? null : JSON.stringify([...choiceIds].sort((a, b) => a - b));
    rows['contact_custom_fields']?.push({ contact_id, custom_field_id: fieldId, value, choice_ids });
  }
  for (const { id, number, kind, createdAt, updatedAt } of details.phones) {
    const stamps = { created_at: time(createdAt), updated_at: time(updatedAt) };
    rows['phone_numbers']?.push({ phone_number_id: id, contact_id, phone_number: number, kind, ...stamps });
  }
  for (const { id, postalCode, createdAt, updatedAt, kind, street, city, state, country } of details.addresses) {
    const place = { kind, street, city, state, postal_code: postalCode, country };
    const stamps = { created_at: time(createdAt), updated_at: time(updatedAt) };
    rows['street_addresses']?.push({ street_address_id: id, contact_id, ...place, ...stamps });
  }
  for (const { id, content, createdAt } of details.notes)
    rows['notes']?.push({ note_id: id, contact_id, content, created_at: time(createdAt) });
}

function catalogueRows(world: World): Record<string, Row[]> {
  const time = timeText(world);
  const stamps = (one: { createdAt: number; updatedAt: number }): Row => ({
    created_at: time(one.createdAt),
    updated_at: time(one.updatedAt),
  });
  const lists = [...world.lists.values()].map((list) => ({
    list_id: list.id,
    name: list.name,
    description: list.description,
    favorite: Number(list.favorite),
    ...stamps(list),
    deleted_at: time(list.deletedAt),
  }));
  const tags = [...world.tags.values()].map((tag) => ({
    tag_id: tag.id,
    name: tag.name,
    tag_source: tag.source,
    ...stamps(tag),
  }));
  const fields = [...world.fields.values()];
  const custom_fields = fields.map(({ id, label, name, type, ...one }) => ({
    custom_field_id: id,
    label,
    name,
    type,
    ...stamps(one),
  }));
  const custom_field_choices = fields.flatMap((field) =>
    field.choices.map(({ id, label, order }) => ({
      custom_field_id: field.id,
      choice_id: id,
      choice_label: label,
      display_order: order,
    })),
  );
  return { contact_lists: lists, tags, custom_fields, custom_field_choices };
}

type TimeText = (instant: number | null) => string | null;

/** Writes instants in UTC, as exactly as the answers tell them (T3). */
function timeText(world: World): TimeText {
  const format = world.switches.current.timeFormat;
  const whole = format === 'seconds' || format === 'offset';
  return (instant) => {
    if (instant === null) return null;
    const text = new Date(instant).toISOString();
    return whole ? `${text.slice(0, 19)}Z` : text;
  };
}

function sorted(rows: readonly Row[]): readonly Row[] {
  const keyed = rows.map((row) => [JSON.stringify(row), row] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}
