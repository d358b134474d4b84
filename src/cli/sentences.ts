/**
 * The sentences, as data: for every code what happened and what to do about it.
 *
 * Decides the words that a person reads; nothing else in Concord may word a failure. A sentence is built from facts that
 * hold neither a secret nor a vendor's free text.
 */
import type { ErrorClass } from '../model/errors.ts';
import { ACCOUNT_FIELD_SENTENCES } from './account-field-sentences.ts';
import { CRM_SENTENCES } from './crm-sentences.ts';
import { answered, connection, fact } from './fact-words.ts';
import type { Sentence } from './fact-words.ts';
import type { Facts } from './results.ts';
import { SIGN_IN_SENTENCES } from './sign-in-sentences.ts';

/** Where it was the source that spoke, and not our own count. */
const said = (facts: Facts): string => (fact(facts, 'status', '') === '' ? '' : answered(facts));
const goesOn = (facts: Facts): string => {
  const until = facts['until'];
  return typeof until === 'number' ? ` Work can go on from ${new Date(until).toISOString()}.` : '';
};

/** For whatever code an error of this class carries. */
export const CLASS_SENTENCES: Readonly<Record<ErrorClass, Sentence>> = {
  auth: (f) =>
    `${connection(f)} does not accept the credentials${answered(f)}. Give it a fresh access token or API key, or sign it in with \`concord connect\`; then run \`concord check\`.`,
  forbidden: (f) =>
    `${connection(f)} refuses this part${answered(f)}: the user or key lacks the scope. Grant it, or live without this part; the rest goes on.`,
  throttled: (f) =>
    `${connection(f)} asks for a slower pace${answered(f)}. Another program may use the same key: lower its budget.${goesOn(f)}`,
  quota_exceeded: (f) =>
    `${connection(f)} has no requests left for today${said(f)}. What was read is kept; run again later.${goesOn(f)}`,
  unavailable: (f) =>
    `${connection(f)} cannot be reached or answers badly${answered(f)}. Nothing is lost; run again later.`,
  not_ready: (f) => `${connection(f)} has not finished computing its answer${answered(f)}. Run again later.`,
  unknown_outcome: (f) =>
    `${connection(f)} did not say whether a write arrived${answered(f)}. The next pass reads before it writes again.`,
  refused_request: (f) =>
    `${connection(f)} does not understand a request that should be valid${answered(f)}. This part is skipped; please report it.`,
  not_found: (f) =>
    `${connection(f)} no longer has a record that was asked for${answered(f)}. The next pass finds out what became of it.`,
  cursor_gone: (f) =>
    `${connection(f)} has forgotten where a listing stood${answered(f)}. It is read again from its start.`,
  precondition: (f) =>
    `${connection(f)} holds a newer version of a record than was compared${answered(f)}. The next pass compares again.`,
  rejected: (f) =>
    `${connection(f)} does not take this as it is${answered(f)}. Change it there or in the configuration; it waits until then.`,
  bug: (f) =>
    `${connection(f)} met something Concord was not written for${answered(f)}. Nothing more is done; run with --verbose and report it.`,
};

const sync = (facts: Facts): string => fact(facts, 'sync', 'this sync');
const job = (facts: Facts): string => {
  const what = /^(lists|tags):/.exec(fact(facts, 'kind', ''))?.[1];
  return `${what === undefined ? 'An import' : `A change of ${what}`} of ${fact(facts, 'people', 'some')} people`;
};
const release = (facts: Facts): string => {
  const hash = fact(facts, 'hash', '');
  return hash === ''
    ? 'look at `concord plan`, then release it'
    : `look at \`concord plan\`, then \`concord release ${hash}\` lets exactly this plan through`;
};
const of = (facts: Facts): string =>
  `${fact(facts, 'count', 'many')} of ${fact(facts, 'linked', 'all')} linked records`;

const reach = 'Check `baseUrl:` and the network; nothing is lost, run again later.';

/** Parts of the account that are no way to learn of an opt-out. */
const PARTS: Readonly<Record<string, string>> = {
  account: 'the account itself',
  lists: 'lists',
  tags: 'tags',
  custom_fields: 'custom fields',
  segments: 'segments',
  'job-read-back': 'the people of a job',
  'in-review': 'people under review',
  'bounce-reports': 'who mail came back from',
};
const part = (facts: Facts): string => PARTS[fact(facts, 'channel', '')] ?? 'a part';
const isChannel = (facts: Facts): boolean => !Object.hasOwn(PARTS, fact(facts, 'channel', ''));

const BREAKS: Readonly<Record<string, string>> = {
  changed: 'was changed',
  missing: 'is missing',
  inserted: 'was slipped in',
};

/** For notices that Concord's own code raises. */
export const CODE_SENTENCES: Readonly<Record<string, Sentence>> = {
  // A pass that ends early or stops.
  interrupted: () => 'Interrupted. What is stored is right; the next pass goes on from there.',
  'other-owner': (f) =>
    `Another Concord (${fact(f, 'owner', 'unknown')}) is at work on ${sync(f)}. Wait for it, or look at \`concord status\`.`,
  'lease-lost': (f) => `Another Concord has taken over ${sync(f)}, so this one stopped writing. Nothing needs mending.`,
  'other-account': (f) =>
    `The connection now signs in to another account (${fact(f, 'found', 'unknown')} instead of ${fact(f, 'expected', 'the one before')}), so nothing was read into ${sync(f)}. Give it the right token, or a new sync.`,
  destructive: (f) => `Stopped before the first write: ${of(f)} would lose something. If that is right, ${release(f)}.`,
  'opt-in': (f) => `Stopped before the first write: ${of(f)} would become mailable. If that is right, ${release(f)}.`,
  'every-record': (f) =>
    `Stopped before the first write: every record changed (${of(f)}), which looks like a mapping fault. If it is right, ${release(f)}.`,
  vanished: (f) =>
    `Stopped: ${of(f)} are missing from a listing, though nothing says that they were deleted. If they were, ${release(f)}.`,
  'empty-side': (f) =>
    `Stopped before the first write: one side of ${sync(f)} is empty. If that is right, ${release(f)}.`,
  'source-answers-badly': (f) =>
    `Not everything that was due for ${sync(f)} could be read. What was read is kept; the next pass goes on.`,
  'listing-empty': (f) =>
    `The listing of ${fact(f, 'stream', 'records')} came back empty and was not believed. The next pass tries again.`,
  'listing-restarts': (f) =>
    `The listing of ${fact(f, 'stream', 'records')} had to start over too often. What was read is kept; the next pass goes on.`,
  'listing-without-end': (f) =>
    `The listing of ${fact(f, 'stream', 'records')} does not end. It is not trusted as complete; the next pass tries again.`,
  ...ACCOUNT_FIELD_SENTENCES,
  ...CRM_SENTENCES,
  // Evidence.
  'not-an-address': () => 'That is no email address. Type it as it is written in Constant Contact.',
  'undo-unknown-run': (f) =>
    `There is no run ${fact(f, 'run', 'of that name')}. \`concord status\` names the last run of each sync, \`concord why EMAIL\` the runs that wrote about a person.`,
  'undo-unknown-sync': (f) =>
    `Run ${fact(f, 'run', 'unknown')} was a run of ${fact(f, 'sync', 'a sync')}, which the configuration no longer has. Put it back to see how to undo the run.`,
  'ledger-broken': (f) =>
    `The ledger is not as it was written: fact ${fact(f, 'seq', 'unknown')} ${BREAKS[fact(f, 'kind', '')] ?? 'is wrong'}. Keep a copy of the store as it is, and put back a backup from before.`,
  'opt-out-under-way': (f) =>
    `Nothing was erased: an opt-out of this person, or a write about them, is not carried out yet in ${fact(f, 'syncs', 'a sync')}. Run \`concord sync\`, settle what \`concord status\` shows as waiting, then ask again.`,
  'not-swept': () =>
    'What was erased may still stand in free pages of the file, because another program holds it open or the disk is full. Ask again to have the file written anew.',
  // Opt-out channels.
  'channel-refused': (f) =>
    isChannel(f)
      ? `The channel ${fact(f, 'channel', 'for opt-outs')} is refused on this account${answered(f)}; opt-outs are still found by the others. Grant the scope to have it back.`
      : `Reading ${part(f)} is refused on this account${answered(f)}; what was read of it before stands, the rest goes on. Grant the scope, or leave it out of \`streams:\`.`,
  'channel-down': (f) =>
    isChannel(f)
      ? `The channel ${fact(f, 'channel', 'for opt-outs')} does not answer${answered(f)}; opt-outs are still found by the others.`
      : `Reading ${part(f)} brought no good answer${answered(f)}; what was read of it before stands, and the next pass tries again.`,
  'channels-disagree': (f) =>
    `The opt-out channels disagree about ${fact(f, 'people', `${fact(f, 'count', 'some')} people`)}. They are not mailed through us until a complete read settles it.`,
  'optout-window-useless': (f) =>
    `This account's opt-out window is of no use (${fact(f, 'outcome', 'unproven')}); the daily sweep and campaign reports stand in for it.`,
  'window-blind': (f) =>
    `An opt-out reached us by another way than the opt-out window (${fact(f, 'foundBy', 'unknown')}); the window is not relied on.`,
  'opt-out-contradicted': () =>
    'One channel says that this person opted out, the contact itself does not. Out stands until it is settled.',
  'unknown-permission': () => 'The source says a permission that nobody documented. It counts as out and waits.',
  unreadable: (f) =>
    `${fact(f, 'count', 'A')} record(s) could not be understood and wait for a person; the others go on.`,
  'sweep-not-believed': (f) =>
    `The complete read of everyone ${fact(f, 'which', 'unsubscribed')} looks cut off and was not believed; the next pass reads it again.`,
  'totals-unexplained': (f) =>
    `The account's own counts (${fact(f, 'totals', 'of people')}) moved without a change that explains it; everything is read again.`,
  'totals-distrusted': () =>
    "The account's own counts have been wrong before and no longer start a complete read by themselves.",
  'sign-in-again': (f) =>
    `${connection(f)} must be signed in again: its token was refused. Give it a fresh one, or use \`concord connect\`; then run \`concord check\`.`,
  ...SIGN_IN_SENTENCES,
  'clock-skew': (f) =>
    `The clock of ${fact(f, 'connection', 'the source')} and ours are ${fact(f, 'skewMs', 'some')} ms apart. Set this machine's clock by NTP.`,
  guard: (f) => `Stopped before the first write by a guard. If the plan is right, ${release(f)}.`,
  // What `status` has against sending.
  'never-synced': () => 'No pass has ended well yet. Run `concord sync`.',
  'pass-overdue': (f) =>
    `The last good pass ended at ${fact(f, 'since', 'an unknown time')}, too long ago. Run \`concord sync\`.`,
  'last-pass-not-done': (f) =>
    `The last pass ended ${fact(f, 'outcome', 'early')}. Run \`concord sync\` again; it says what is in the way.`,
  'opt-outs-unwritten': (f) =>
    `${fact(f, 'count', 'Some')} opt-out(s) known here do not show on the other side yet. Run \`concord sync\`.`,
  // What `why` says would change it.
  'met-when-imported': (f) =>
    `The person was submitted to ${fact(f, 'connection', 'the CRM')} and is met as soon as its people import them there; nothing else is needed, and what happens meanwhile is kept.`,
  'lifted-by-person': () => 'Only the person can opt in again.',
  'lifted-by-account': () =>
    'The account made this opt-out and may take it back in Constant Contact; so may the person.',
  'lifted-when-deleted': () => 'The contact is deleted in Constant Contact; adding it there again brings it back.',
  'lifted-when-pending_confirmation': () => 'The person confirms the address.',
  'lifted-when-temp_hold': () => 'Constant Contact ends its temporary hold.',
  'lifted-when-not_set': () => 'The person gives permission.',
  'lifted-when-none': () => 'The contact gets an address with permission.',
  'lifted-when-held': () => 'The source says a permission that is understood.',
  'list-member': () => 'The contact itself says so.',
  'list-not-member': () => 'The contact does not name this list.',
  'list-left': (f) =>
    `They left it: by ${fact(f, 'at', 'an unknown time')} the membership had ended in Constant Contact, without a write of ours; it does not say who ended it. Nothing here puts them back; a new membership there does.`,
  'list-unknown': (f) => `No list is called "${fact(f, 'list', 'that')}", as far as was read.`,
  // The source, before it says anything.
  SOURCE_REFUSED: (f) => `${connection(f)} cannot be reached: nothing listens at its address${answered(f)}. ${reach}`,
  SOURCE_DNS: (f) => `${connection(f)} cannot be reached: its host is not found${answered(f)}. ${reach}`,
  SOURCE_TLS: (f) =>
    `${connection(f)} cannot be reached safely: its certificate is not trusted${answered(f)}. Check \`baseUrl:\` and this machine's clock and certificates.`,
  // The database as a side.
  'mirror-replaced': () => 'The mirror is missing or another file than before; a pass writes it anew, whole.',
  'table-busy': (f) => `${connection(f)} is locked by another program. What was decided is kept; run again later.`,
  'write-refused': (f) => `Your table refused a row (${fact(f, 'why', 'a constraint')}). It waits; the others go on.`,
  'people-not-made': (f) =>
    `Some people of your table were not made in Constant Contact: ${fact(f, 'withoutEvidence', '0')} without evidence of their yes, ${fact(f, 'withoutAddress', '0')} without an address that can be read, ${fact(f, 'optedOut', '0')} who opted out before.`,
  'no-such-list': (f) =>
    `Nobody was made in Constant Contact: it has no list, or more than one, with the name "${fact(f, 'list', '')}". Make it there, or change the lists of \`contacts.create\` or \`contacts.newFromSecondary\`.`,
  'memberships-left-alone': (f) =>
    `Some rows of list memberships were left alone: ${fact(f, 'strangers', '0')} of people without a contact, ${fact(f, 'nameless', '0')} of a list that Constant Contact does not have or has twice, ${fact(f, 'apart', '0')} of a person who is not on that list there and may have left it.`,
  'memberships-refused': (f) =>
    `Your table of list memberships refused the rows of ${fact(f, 'count', 'some')} people, by a constraint of its own. They are tried again by the next pass.`,
  'lists-not-read': (f) => `${connection(f)} did not tell its lists: memberships wait for the next pass.`,
  'job-running': (f) => `${job(f)} is still under way in Constant Contact. The next pass asks again.`,
  'job-incomplete': (f) =>
    `${job(f)} was ended by Constant Contact before its time. Each is looked for; who is missing goes one by one.`,
  'job-cut': (f) =>
    `${job(f)} was cut off: Constant Contact took ${fact(f, 'taken', 'fewer')}. Each is looked for; who is missing goes one by one.`,
  'job-faults': (f) =>
    `${job(f)} left out ${fact(f, 'faults', 'some')}, says Constant Contact, and not whom. Each is looked for; who is missing goes one by one.`,
  'job-refused': (f) =>
    `${job(f)} was refused by Constant Contact (${fact(f, 'code', 'no reason given')}). The next pass does it one by one.`,
  'job-missed': (f) =>
    `A job has ended without ${fact(f, 'people', 'some')} of its people. The next pass does it for them one by one.`,
  'people-write-refused': (f) =>
    `The account refused a person, or kept something else (${fact(f, 'why', 'no reason given')}). They wait; the others go on.`,
  'row-taken': () => 'The address belongs to a row of your table that Concord did not write. It is left alone.',
  SQLITE_NO_FILE: (f) => `${connection(f)}${detail(f)}. Check \`file:\`, or create the database first.`,
  SQLITE_NO_TABLE: (f) => `${connection(f)}${detail(f)}. Check \`table:\`, or create it first.`,
  SQLITE_NO_COLUMN: (f) => `${connection(f)}${detail(f)}. Check the mapping, or add the column.`,
  SQLITE_KEY_NOT_UNIQUE: (f) => `${connection(f)}${detail(f)}. Make it unique, or name another key.`,
  SQLITE_KEY_TYPE: (f) => `${connection(f)}${detail(f)}. Addresses are text: name another key, or mend these rows.`,
  SQLITE_FOREIGN_TABLE: (f) => `${connection(f)}${detail(f)}. Give the sync a \`prefix:\`, or a file of its own.`,
  SQLITE_MIRROR_NEWER: (f) => `${connection(f)} holds a mirror of a newer Concord. Use that version, or another file.`,
  SQLITE_CANTOPEN: (f) =>
    `${connection(f)} cannot be opened${detail(f)}. Check that its folder exists and that you may write there.`,
  SQLITE_NOTADB: (f) => `${connection(f)} is no SQLite database. Check \`file:\`.`,
  SQLITE_BUSY: (f) => `${connection(f)} is locked by another program. Nothing is lost; run again later.`,
  SQLITE_FULL: (f) => `${connection(f)} has no room left on its disk. Nothing is lost; make room and run again.`,
  SQLITE_READONLY: (f) => `${connection(f)} may not be written by you. Check the file's permissions.`,
  // The store.
  'store-newer': (f) => `The store${fileOf(f)} was written by a newer Concord. Use that version, or another store.`,
  'store-not-a-store': (f) =>
    `The file given as store${fileOf(f)} is something else and was left alone. Check \`store:\` in the configuration.`,
  'store-corrupt': (f) =>
    `The store${fileOf(f)} is damaged. Restore it from a backup; the next pass reads all opt-outs before it writes.`,
  'store-unreachable': (f) =>
    `The store${fileOf(f)} cannot be opened. Check that its folder exists, that you may write there, and that no other program holds it.`,
  // Files and arguments.
  'file-missing': (f) =>
    `There is no file ${fact(f, 'path', 'there')}. Give another with --config, or make one with \`concord init\`.`,
  'file-exists': (f) => `${fact(f, 'path', 'The file')} exists already and was left alone.`,
  'file-not-text': (f) => `${fact(f, 'path', 'The file')} is not UTF-8 text. Save it as UTF-8.`,
  'file-forbidden': (f) => `${fact(f, 'path', 'The file')} may not be read or written by you. Check its permissions.`,
  'file-failed': (f) =>
    `${fact(f, 'path', 'The file')} could not be read or written. Is the disk full or the path a folder?`,
  'unknown-sync': (f) =>
    `There is no sync ${fact(f, 'sync', 'of that name')}. The configuration has: ${fact(f, 'known', 'none')}.`,
  'no-schedule': () =>
    'No sync has a schedule, so there is nothing to serve. Give one `schedule: every 1h`, or run `concord sync` by hand.',
  'delivery-twice': (f) =>
    `A webhook of ${fact(f, 'connection', 'a connection')} came twice under one id with different content. The first counted; if it goes on, change the secret (\`previousSecret\` keeps both good meanwhile).`,
  'inbound-taken': () =>
    'Something else listens where `serve.listen` says. Give it another port, or end the other program.',
  'serve-ended': () => 'Stopped. What is stored is right; `concord serve` goes on from there.',
  'bad-plan': (f) =>
    `${fact(f, 'path', 'The file')} is not a complete saved plan${lineOf(f)}. Make a new one with \`concord plan --out FILE\`.`,
  'bad-faults': (f) => `${fact(f, 'path', 'The file')} is not a fault plan. docs/simulators.md describes its form.`,
  'missing-answer': (f) => `Give ${fact(f, 'flag', 'the missing flag')}: ${fact(f, 'why', 'it has no default')}.`,
  'bad-answer': (f) => `${fact(f, 'flag', 'A flag')} ${fact(f, 'why', 'is not right')}.`,
  'port-taken': (f) =>
    `Port ${fact(f, 'port', 'given')} or one of the two after it is taken by another program. Give another with --port, or none at all.`,
  'no-demo': () => 'This installation has no demo. Run it from a checkout.',
  'unknown-stop': (f) =>
    `No stopped plan has the hash ${fact(f, 'hash', 'given')}. Look at \`concord status\` for the ones that wait.`,
  'decision-nothing-waits': (f) =>
    `Nothing waits in ${sync(f)} under ${fact(f, 'id', 'any id')}. \`concord parked\` and \`concord conflicts\` list what does, with its id.`,
  'decision-not-for-this': (f) =>
    `What waits in ${sync(f)} under ${fact(f, 'id', 'these ids')} cannot be settled by this command: it is tried again by itself, or is an opt-out, which nobody can drop. \`concord parked\` and \`concord conflicts\` tell what can be done.`,
  cancelled: () => 'Nothing was written.',
  unexpected: () =>
    'Concord met something it was not written for and stopped. What is stored is right; run with --verbose and report it.',
};

function detail(facts: Facts): string {
  const said = fact(facts, 'detail', '');
  return said === '' ? '' : `: ${said}`;
}

function fileOf(facts: Facts): string {
  const file = fact(facts, 'file', '');
  return file === '' ? '' : ` ${file}`;
}

function lineOf(facts: Facts): string {
  const line = fact(facts, 'line', '');
  return line === '' ? '' : ` (line ${line})`;
}
