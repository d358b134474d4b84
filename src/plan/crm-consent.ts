/**
 * crm-consent: what one person's consent means for the flags of their address in a CRM, and the flags for the account.
 *
 * Pure. Flags belong to addresses: every e-mail with the address is lowered, on whatever contact it stands, and the
 * linked one (T32, T33). Nothing here ever switches a flag on. A flag that was switched on after both sides had agreed
 * that the person is out is left to a human (T20); one that was switched off after both had agreed on a yes is an
 * opt-out and is carried. A flag that was off when the two first met stays at home. A no that somebody stated after a bounce
 * had put their flag down counts against whoever switched it on in between: that was no answer to it.
 */
import { matchKey } from '../model/address.ts';
import type { CrmPlace } from './crm-household.ts';
import type { AgreedFlag, CrmBase } from './crm-mapping.ts';

type Flags = CrmBase['flags'];

export interface FlagInput {
  /** Every e-mail with the person's address, and the linked one whatever its address. */
  readonly places: readonly CrmPlace[];
  /** The person's address; null where none is known. */
  readonly address: string | null;
  /** Tells whether an opt-out is on record for an address. */
  readonly isOut: (address: string) => boolean;
  /** Id of the linked e-mail; null where none is known. */
  readonly linked: string | null;
  readonly agreed: Flags;
  /** `bounced`: out, and nobody said so. `doubt`: neither may be mailed nor said no: nothing is changed or concluded. */
  readonly stance: 'out' | 'bounced' | 'in' | 'doubt';
  /** Opt-outs of the CRM go to the account. */
  readonly carries: boolean;
}

export interface FlagStep {
  /** Flags to switch off, the linked one first. */
  readonly lower: readonly CrmPlace[];
  /** Places whose flag went off with this opt-out, now or by a write of ours that was not seen to end. */
  readonly fallen: readonly CrmPlace[];
  /** The CRM withdrew consent that the account has. */
  readonly withdrawn: boolean;
  /** Flags that somebody switched on against an opt-out. */
  readonly switchedOn: readonly CrmPlace[];
  /** The account has consent and the CRM does not: kept so, shown, never raised. */
  readonly apart: boolean;
  readonly agreed: Flags;
}

/** Decides all flags of one person's address. */
export function flagStep(input: FlagInput): FlagStep {
  const places = [...new Map(input.places.map((place) => [place.email.id, place])).values()].sort(
    (a, b) => Number(b.email.id === input.linked) - Number(a.email.id === input.linked),
  );
  const decided = places.map((place) => ({ place, ...decide(place, entryOf(place, input, places), input) }));
  const where = (test: (one: (typeof decided)[number]) => boolean): readonly CrmPlace[] =>
    decided.filter(test).map(({ place }) => place);
  const withdrawn = decided.some((one) => one.act === 'withdrawn');
  return {
    lower: where(({ act }) => act === 'lower'),
    fallen: where(({ act }) => act === 'lower' || act === 'fallen'),
    withdrawn,
    switchedOn: where(({ act }) => act === 'switched-on'),
    apart: decided.some(({ next }) => next === 'apart'),
    agreed: { ...(withdrawn ? vanished(input.agreed, places) : {}), ...flagsOf(decided) },
  };
}

interface Decision {
  readonly next: AgreedFlag | null;
  readonly act: 'none' | 'lower' | 'fallen' | 'withdrawn' | 'switched-on';
}

function decide({ email }: CrmPlace, agreed: AgreedFlag | null, input: FlagInput): Decision {
  const { stance, carries } = input;
  const on = email.opted_in;
  if (stance === 'doubt') return { next: agreed, act: 'none' };
  if (stance === 'out' || stance === 'bounced') {
    const next = agreed === 'out' ? agreed : stance;
    if (on === false) return { next, act: agreed === 'in' ? 'fallen' : 'none' };
    if (agreed !== next) return { next, act: 'lower' };
    return { next, act: on === true ? 'switched-on' : 'none' };
  }
  if (on === true) return { next: 'in', act: 'none' };
  if (on === null) return { next: agreed, act: 'none' };
  if (agreed !== 'in') return { next: 'apart', act: 'none' };
  // A former address that is another's now may have fallen with them, by our own hand (T28).
  const key = matchKey(email.address);
  if (key !== null && key !== input.address && input.isOut(key)) return { next: agreed, act: 'none' };
  // Agreed on only when the account has it: until then the yes stands in the baseline.
  return carries ? { next: 'in', act: 'withdrawn' } : { next: 'apart', act: 'none' };
}

/**
 * Tells what was agreed of a place, as long as it has the address that was agreed on. A linked e-mail of which nothing is
 * on record takes the yes of one that is gone: after a merge, or made anew, it is the same person's (T29).
 */
function entryOf(place: CrmPlace, { agreed, linked }: FlagInput, places: readonly CrmPlace[]): AgreedFlag | null {
  const key = matchKey(place.email.address);
  const own = Object.hasOwn(agreed, place.email.id) ? agreed[place.email.id] : undefined;
  if (own !== undefined) return own.address === key ? own.flag : null;
  if (place.email.id !== linked) return null;
  return Object.values(vanished(agreed, places)).some(({ address, flag }) => flag === 'in' && address === key)
    ? 'in'
    : null;
}

function vanished(agreed: Flags, places: readonly CrmPlace[]): Flags {
  const present = new Set(places.map(({ email }) => email.id));
  return Object.fromEntries(Object.entries(agreed).filter(([id]) => !present.has(id)));
}

function flagsOf(decided: readonly (Decision & { readonly place: CrmPlace })[]): Flags {
  return Object.fromEntries(
    decided.flatMap(({ place: { email }, next }) => {
      const address = matchKey(email.address);
      return next === null || address === null ? [] : [[email.id, { address, flag: next }] as const];
    }),
  );
}
