/**
 * The people of the benchmark's account: any number of them, each computed from its position and never stored.
 *
 * Decides what a contact of this account looks like (two lists, one or two tags, two custom fields, a phone, an
 * address) so that a million of them cost the server five bytes each. Must stay deterministic: two runs that
 * were touched alike serve the same bytes.
 */
const WORDS = [
  'Alder',
  'Birch',
  'Cedar',
  'Dogwood',
  'Elm',
  'Fir',
  'Ginkgo',
  'Hazel',
  'Ironwood',
  'Juniper',
  'Larch',
  'Maple',
];
const CITIES = ['Springfield', 'Riverside', 'Fairview', 'Georgetown', 'Clinton', 'Salem', 'Madison', 'Arlington'];
const FIRST_DAY = Date.UTC(2018, 0, 1) / 1000;
const LAST_DAY = Date.UTC(2026, 5, 1) / 1000;
const DAY = 86_400;

export const LISTS = 20;
export const TAGS = 30;
export const FIELDS = 10;
export const SUB_RESOURCES = [
  'custom_fields',
  'list_memberships',
  'phone_numbers',
  'street_addresses',
  'taggings',
  'notes',
] as const;
export type SubResource = (typeof SUB_RESOURCES)[number];
export type Permission = 'explicit' | 'implicit' | 'unsubscribed';

/** Spreads 32 bits over 32 bits, one to one, so that ids arrive in random order as the vendor's do. */
function spread(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Undoes `spread`: finds a person by id without an index of ids. */
function gather(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7ed1b41d);
  h = Math.imul(h ^ (h >>> 13) ^ (h >>> 26), 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}

function draw(n: number, salt: number): number {
  return spread(n ^ Math.imul(salt, 0x9e3779b1));
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** Makes the id of the nth thing of a kind. */
export function idOf(kind: number, n: number): string {
  const middle = hex(draw(n, kind + 1));
  return `${hex(spread(n))}-${middle.slice(0, 4)}-4${middle.slice(5)}-a${hex(draw(n, kind + 2)).slice(1, 4)}-${hex(draw(n, kind + 3))}${hex(kind).slice(4)}`;
}

/** Writes seconds as the vendor does: to the second, with Z. */
export function isoSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export class People {
  readonly size: number;
  readonly updatedAt: Uint32Array;
  readonly #revision: Uint8Array;

  constructor(size: number) {
    this.size = size;
    this.updatedAt = new Uint32Array(size);
    this.#revision = new Uint8Array(size);
    for (let n = 0; n < size; n += 1) this.updatedAt[n] = createdAt(n) + (draw(n, 11) % (200 * DAY));
  }

  /** Changes one person in `every`, spread over the account, as an edit at `now` (seconds) would. */
  touch(every: number, now: number): number {
    let touched = 0;
    for (let n = Math.floor(every / 2); n < this.size; n += every) {
      this.updatedAt[n] = now;
      this.#revision[n] = (this.#revision[n] ?? 0) + 1;
      touched += 1;
    }
    return touched;
  }

  /** Tells the position behind a contact id, or null. */
  find(contactId: string): number | null {
    const n = gather(Number.parseInt(contactId.slice(0, 8), 16));
    return n < this.size && idOf(0, n) === contactId ? n : null;
  }

  permission(n: number): Permission {
    const share = draw(n, 12) % 100;
    return share < 4 ? 'unsubscribed' : share < 30 ? 'implicit' : 'explicit';
  }

  /** Tells when this person opted out (seconds), or null. */
  optedOutAt(n: number): number | null {
    return this.permission(n) === 'unsubscribed' ? createdAt(n) + (draw(n, 13) % (200 * DAY)) : null;
  }

  isDeleted(n: number): boolean {
    return draw(n, 14) % 100 === 0;
  }

  /** Writes one contact as the vendor's JSON. No value needs escaping. */
  render(n: number, include: ReadonlySet<string>): string {
    const created = isoSeconds(createdAt(n));
    const updated = isoSeconds(this.updatedAt[n] ?? 0);
    const first = WORDS[draw(n, 15) % WORDS.length] ?? '';
    const last = WORDS[draw(n, 16) % WORDS.length] ?? '';
    const gone = this.isDeleted(n) ? `,"deleted_at":"${updated.slice(0, 10)}"` : '';
    return (
      `{"contact_id":"${idOf(0, n)}","email_address":${this.#email(n, `${first}.${last}.${n}`.toLowerCase(), created)}` +
      `,"first_name":"${first}","last_name":"${last}","job_title":"Coordinator ${this.#revision[n] ?? 0}"` +
      `,"company_name":"${last} Foundation","birthday_month":${(draw(n, 17) % 12) + 1},"birthday_day":${(draw(n, 18) % 28) + 1}` +
      `,"create_source":"Account","update_source":"Account","created_at":"${created}","updated_at":"${updated}"${gone}` +
      `${subResources(n, include, gone !== '', created, updated)}}`
    );
  }

  #email(n: number, name: string, created: string): string {
    const permission = this.permission(n);
    const out = this.optedOutAt(n);
    const head = `{"address":"${name}@example.org","permission_to_send":"${permission}","created_at":"${created}"`;
    const tail = `"opt_in_source":"Account","opt_in_date":"${created}","confirm_status":"off"}`;
    if (out === null) return `${head},"updated_at":"${created}",${tail}`;
    const at = isoSeconds(out);
    return `${head},"updated_at":"${at}","opt_out_source":"Contact","opt_out_date":"${at}","opt_out_reason":"Too many mails",${tail}`;
  }
}

function createdAt(n: number): number {
  return FIRST_DAY + (draw(n, 10) % (LAST_DAY - FIRST_DAY - 200 * DAY));
}

function subResources(
  n: number,
  include: ReadonlySet<string>,
  gone: boolean,
  created: string,
  updated: string,
): string {
  let text = '';
  if (include.has('custom_fields')) {
    const field = (at: number) =>
      `{"custom_field_id":"${idOf(3, (n + at) % FIELDS)}","value":"Value ${draw(n, 20 + at) % 1000}"}`;
    text += `,"custom_fields":[${field(0)},${field(1)}]`;
  }
  if (include.has('phone_numbers')) {
    text += `,"phone_numbers":[{"phone_number_id":"${idOf(4, n)}","phone_number":"555-01${draw(n, 22) % 100_000}","kind":"mobile","created_at":"${created}","updated_at":"${updated}","create_source":"Account","update_source":"Account"}]`;
  }
  if (include.has('street_addresses')) {
    text += `,"street_addresses":[{"street_address_id":"${idOf(5, n)}","kind":"home","street":"${(draw(n, 23) % 900) + 1} ${WORDS[n % WORDS.length] ?? ''} Street","city":"${CITIES[n % CITIES.length] ?? ''}","state":"MA","postal_code":"0${(draw(n, 24) % 9000) + 1000}","country":"United States","created_at":"${created}","updated_at":"${updated}"}]`;
  }
  if (include.has('list_memberships')) {
    const list = draw(n, 25);
    text += gone
      ? ',"list_memberships":[]'
      : `,"list_memberships":["${idOf(1, list % LISTS)}","${idOf(1, (list + 7) % LISTS)}"]`;
  }
  if (include.has('taggings')) {
    const tag = draw(n, 26);
    text += `,"taggings":["${idOf(2, tag % TAGS)}"${n % 2 === 0 ? `,"${idOf(2, (tag + 11) % TAGS)}"` : ''}]`;
  }
  return text;
}
