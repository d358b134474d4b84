/**
 * The sentences about signing in and about keys, as data. A part of `sentences.ts`, under its rules.
 */
import { answered, connection, fact } from './fact-words.ts';
import type { Sentence } from './fact-words.ts';
import type { Facts } from './results.ts';

const again = (f: Facts): string => `Run \`concord connect ${fact(f, 'connection', 'NAME')}\`.`;
const name = (f: Facts): string => fact(f, 'connection', 'named');
const at = (f: Facts): string => fact(f, 'until', 'an unknown time');
const source = (f: Facts): string => {
  const named = fact(f, 'source', '');
  return named === '' ? '' : ` (${named})`;
};

export const SIGN_IN_SENTENCES: Readonly<Record<string, Sentence>> = {
  SIGN_IN_MISSING: (f) => `${connection(f)} is not signed in yet. ${again(f)}`,
  SIGN_IN_LOST: (f) =>
    `${connection(f)} must be signed in again: its sign-in is no longer accepted, after too long without use, a disconnection at the vendor, or an answer that was lost. ${again(f)}`,
  SIGN_IN_ENDED: (f) =>
    `${connection(f)} must be signed in again: its token has ended, and it had none to renew itself with. ${again(f)}`,
  SIGN_IN_CHANGED: (f) =>
    `${connection(f)} was signed in anew while this was at work, so it stopped. What was read is kept; run again.`,
  SIGN_IN_REFUSED: (f) =>
    `The sign-in server refuses connection ${name(f)}${answered(f)}. For an application, check \`clientId:\`, \`clientSecret:\` and \`redirect:\` against the application's page in the portal.`,
  SIGN_IN_WRONG_PASSWORD: (f) =>
    `Connection ${name(f)} was not signed in: its user name or password is refused${answered(f)}. Nothing was changed. Check \`username:\`, then run \`concord connect ${name(f)}\` again.`,
  SIGN_IN_WRONG_CODE: (f) =>
    `Connection ${name(f)} was not signed in: the code of the second factor is refused${answered(f)}. Nothing was changed. Run \`concord connect ${name(f)}\` again with a fresh one.`,
  SIGN_IN_CODE_NEEDED: (f) =>
    `Connection ${name(f)} was not signed in: its user has a second factor. Run \`concord connect ${name(f)}\` at a terminal, or pipe the code in as a second line.`,
  'signs-in-by-password': (f) => `Connection ${name(f)} is signed in with its user's password. Leave \`--with\` out.`,
  SIGN_IN_UNAVAILABLE: (f) =>
    `${connection(f)} cannot get a token: the sign-in server cannot be reached or answers badly${answered(f)}. Nothing is lost; run again later.`,
  SIGN_IN_BUSY: (f) =>
    `${connection(f)} is being signed in or renewed by another Concord that does not end. Try again in a few minutes.`,
  SIGN_IN_DENIED: (f) => `Signing in connection ${name(f)} was refused by whoever was asked. Nothing was changed.`,
  SIGN_IN_TIMED_OUT: (f) => `Nobody signed in connection ${name(f)} in time. Nothing was changed. ${again(f)}`,
  SIGN_IN_NOT_TAKEN: (f) =>
    `The sign-in server does not take that refresh token for connection ${name(f)}: it was used before, is too old, or belongs to another application. Nothing was changed.`,
  'connected-to-another-account': (f) =>
    `That is account ${fact(f, 'found', 'unknown')}, but ${fact(f, 'syncs', 'a sync')} was begun with ${fact(f, 'expected', 'another')}. Connection ${name(f)} was left as it was; sign in to the right account, or make a new connection and a new sync.`,
  'sign-in-idle': (f) =>
    `${connection(f)} has not been used for months: its sign-in dies at ${at(f)}. Any pass or \`concord check\` keeps it alive.`,
  'sign-in-ends': (f) =>
    `${connection(f)} is signed in with a token that cannot renew itself and ends ${fact(f, 'until', '') === '' ? 'within a day' : `at ${at(f)}`}. ${again(f)}`,
  'sign-in-lost': (f) =>
    `${connection(f)} can no longer renew its token; the present one works until ${at(f)}. Sign it in before then. ${again(f)}`,
  'unknown-connection': (f) =>
    `There is no connection ${fact(f, 'connection', 'of that name')}. Those that sign in: ${fact(f, 'known', 'none')}.`,
  'needs-no-sign-in': (f) =>
    `Connection ${name(f)} is not signed in this way: it has no \`auth: { clientId: … }\` or \`auth: { username: … }\`.`,
  'no-token-given': (f) => `That is no ${fact(f, 'what', 'token')}. Paste it, or pipe it into standard input.`,
  'no-master-key': () => 'The configuration names no `masterKey:`, so there is nothing to rotate.',
  'redirect-taken': () =>
    'The port of `redirect:` is taken by another program, or may not be opened. End that program, or sign in with `--with device`.',
  'master-key-missing': (f) =>
    `The master key${source(f)} is not there. Put it back; for a first one run \`concord keys new FILE\`.`,
  'master-key-not-a-key': (f) => `The master key${source(f)} is not 32 bytes in base64 or hex.`,
  'master-key-readable-by-others': (f) => `The master key${source(f)} can be read by others. Run \`chmod 600\` on it.`,
  'master-key-command-failed': (f) =>
    `The command that prints the master key${source(f)} failed, or took longer than 30 seconds.`,
  'master-key-another-key': () =>
    'The tokens in the store were sealed under another master key. Put that one back, or name it as `previousMasterKey:`; if it is lost, sign every connection in again with `concord connect`.',
  'master-key-seal-broken': () =>
    'The tokens in the store do not open: they were changed, or moved from another store. Sign the connection in again with `concord connect`.',
};
