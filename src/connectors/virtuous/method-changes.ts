/**
 * Changing one address of somebody: its consent, or the address itself.
 *
 * The method is read just before, or stands in a contact that was: consent belongs to the address (T33), so where another address has come to stand
 * there, the one that was meant is gone. A yes is only sent where consent still stands as the plan saw it; a no always.
 * Must never leave `isOptedIn` unsaid.
 */
import type { CrmSent, SendHow } from '../../connector/crm.ts';
import { matchKey } from '../../model/address.ts';
import type { CrmChange, CrmEmail } from '../../model/crm.ts';
import { isErrorOf } from '../../model/errors.ts';
import { isRecord } from '../reading/fields.ts';
import { askMaybe, malformed, type Asking } from './ask.ts';
import { buildMethod } from './requests.ts';
import { methodIn } from './standing.ts';
import { methodBody } from './write-bodies.ts';
import { buildMethodPut } from './write-requests.ts';

interface Standing {
  readonly type: string;
  readonly value: string;
  readonly optedIn: boolean | null;
  readonly primary: boolean;
}

const DONE: CrmSent = { kind: 'done' };
const GONE: CrmSent = { kind: 'gone' };

/** Sets consent of one address; all else of it goes out as it stands. */
export async function sendOpt(
  asking: Asking,
  { contactId, email, optedIn }: Extract<CrmChange, { readonly kind: 'opt' }>,
  how: SendHow,
  signal: AbortSignal,
): Promise<CrmSent> {
  const { urgent } = how;
  const stands = await standsNow(asking, { contactId, email, how }, signal);
  if (stands === null || !isSame(stands.value, email.address)) return GONE;
  if (stands.optedIn === optedIn) return DONE;
  return put(asking, { email, wanted: { ...stands, optedIn }, stands, urgent }, signal);
}

/** Puts another address in the place of one. */
export async function sendAddress(
  asking: Asking,
  { contactId, email, address, optedIn }: Extract<CrmChange, { readonly kind: 'address' }>,
  how: SendHow,
  signal: AbortSignal,
): Promise<CrmSent> {
  const { urgent } = how;
  const stands = await standsNow(asking, { contactId, email, how }, signal);
  if (stands === null) return GONE;
  if (stands.value === address && stands.optedIn === optedIn) return DONE;
  if (!isSame(stands.value, email.address)) return GONE;
  return put(asking, { email, wanted: { ...stands, value: address, optedIn }, stands, urgent }, signal);
}

interface Wanted {
  readonly contactId: string;
  readonly email: CrmEmail;
  readonly how: SendHow;
}

async function standsNow(
  asking: Asking,
  { contactId, email, how }: Wanted,
  signal: AbortSignal,
): Promise<Standing | null> {
  const shown = methodIn(how.stands, contactId, email.id);
  return shown === null ? readMethod(asking, email, how.urgent, signal) : standingOf(shown, email.id);
}

interface Put {
  readonly email: CrmEmail;
  readonly wanted: Standing & { readonly optedIn: boolean };
  readonly stands: Standing;
  readonly urgent: boolean;
}

async function put(asking: Asking, { email, wanted, stands, urgent }: Put, signal: AbortSignal): Promise<CrmSent> {
  // What the plan saw is no longer so: somebody may have opted out meanwhile (I1).
  if (wanted.optedIn && stands.optedIn !== email.opted_in) return { kind: 'refused', reason: 'consent-moved' };
  const { body } = await asking.wire.write(buildMethodPut(email.id, methodBody(wanted), urgent), signal);
  const answered = isRecord(body) ? body['isOptedIn'] : undefined;
  const otherwise = typeof answered === 'boolean' && answered !== wanted.optedIn;
  return otherwise ? { kind: 'refused', reason: 'answered-otherwise' } : DONE;
}

/** Null where it is not there: 404, and by the documentation 400. */
async function readMethod(
  asking: Asking,
  { id }: CrmEmail,
  urgent: boolean,
  signal: AbortSignal,
): Promise<Standing | null> {
  try {
    return await askMaybe(asking, buildMethod(id, urgent), signal, ({ body }) => standingOf(body, id));
  } catch (error) {
    if (isErrorOf(error, 'refused_request') && error.facts.status === 400) return null;
    throw error;
  }
}

function standingOf(body: unknown, id: string): Standing {
  const { id: answered, type, value, isOptedIn, isPrimary } = isRecord(body) ? body : {};
  if (String(answered) !== id || typeof type !== 'string' || typeof value !== 'string')
    throw malformed('the answer is not the contact method that was asked for');
  return { type, value, optedIn: typeof isOptedIn === 'boolean' ? isOptedIn : null, primary: isPrimary === true };
}

function isSame(a: string, b: string): boolean {
  const key = matchKey(a);
  return key === null ? a === b : key === matchKey(b);
}
