/**
 * cheapest-members: who is put on lists, taken off them, or tagged, one by one or many in a job?
 *
 * A job does one thing, such as "onto these lists", to many people; a person who needs two things is in two jobs, one
 * after the other. Counted are the requests to send a job, to ask for its end, and to read back everybody in it; the
 * fewest win. Pure; must never put anybody into a job that does more to them than is wanted.
 */
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { SetChange } from '../model/intent.ts';

export type MemberKind = 'lists' | 'tags';
/** What is to change of one known person; `fit` false: only a single request can do it. */
export interface MemberChange {
  readonly id: string;
  readonly lists: SetChange;
  readonly tags: SetChange;
  readonly fit: boolean;
}

/** One kind of job, as a connector declares it. */
export interface MemberWay {
  readonly what: MemberKind;
  readonly how: 'add' | 'remove';
  readonly effects: ConsentEffects;
  /** How many people and how many lists or tags go into one. */
  readonly limits: { readonly people: number; readonly targets: number };
}
export interface MemberWays {
  /** Requests that one person costs by themselves. */
  readonly single: number;
  readonly jobs: readonly MemberWay[];
  /** How many jobs one request tells the end of, and how many people one page shows. */
  readonly toldAtOnce: number;
  readonly page: number;
  /** People of the account, and those who are on a list or bear a tag. */
  readonly everybody: number;
  readonly on: (what: MemberKind, id: string) => number;
  /** Nobody may be left for a later pass: a person let exactly this plan through. */
  readonly oneRound: boolean;
}

/** One job: at most as many people as one may hold. */
export interface MemberJob {
  readonly what: MemberKind;
  readonly how: 'add' | 'remove';
  readonly targets: readonly string[];
  readonly ids: readonly string[];
}
export type NoMemberJob = 'no-jobs' | 'consent' | 'unfit' | 'not-cheaper';
export interface MemberChoice {
  readonly people: number;
  readonly singles: readonly string[];
  /** Those that may go now: nobody is in two of them. */
  readonly jobs: readonly MemberJob[];
  /** Jobs in all, those that wait for others of the same people counted in. */
  readonly jobsInAll: number;
  readonly calls: number;
  readonly callsOneByOne: number;
  readonly because: NoMemberJob | null;
}

/** Chooses the way with the fewest requests. */
export function chooseMembers(changes: readonly MemberChange[], ways: MemberWays): MemberChoice {
  const open = ways.jobs.filter(isWanted);
  const fit = changes.filter((change) => change.fit && piecesOf(change).every((piece) => wayOf(open, piece) !== null));
  const unfitting = changes.length - fit.length;
  const classes = classesOf(ways.oneRound ? fit.filter((change) => piecesOf(change).length === 1) : fit);
  const alone = changes.length - classes.reduce((sum, { ids }) => sum + ids.length, 0);
  const tries = formsFor(ways).map((split) => improved(classes, split, ways, open));
  const costs = tries.map(({ cost }) => cost + ways.single * alone);
  const calls = Math.min(ways.single * changes.length, ...costs);
  const { groups, people } = tries[costs.indexOf(calls)] ?? NOBODY;
  const inJobs = new Set(groups.flatMap(idsOf));
  const unfit = unfitting === 0 ? null : open.length < ways.jobs.length ? 'consent' : 'unfit';
  return {
    people: changes.length,
    singles: changes.filter(({ id }) => !inJobs.has(id)).map(({ id }) => id),
    jobs: firstOf(groups).flatMap(packed),
    jobsInAll: groups.reduce((sum, group) => sum + jobsOf(group), 0),
    calls,
    callsOneByOne: ways.single * changes.length,
    because: ways.jobs.length === 0 ? 'no-jobs' : (unfit ?? (fit.length > people ? 'not-cheaper' : null)),
  };
}

/** An add may bring somebody back to a list: that is wanted of it. More is wanted of nothing, and of a removal not even that. */
function isWanted({ how, effects }: MemberWay): boolean {
  if (effects.newAddress !== 'not-mailed' || effects.movesAddress || effects.revives) return false;
  if (how === 'remove') return !effects.relists && (effects.known === 'unchanged' || effects.known === 'lowered');
  return effects.known === 'unchanged' || effects.known === 'raised';
}

interface Piece {
  readonly what: MemberKind;
  readonly how: 'add' | 'remove';
  readonly targets: readonly string[];
}
/** Those who need the same. */
interface Class {
  readonly pieces: readonly Piece[];
  readonly ids: string[];
}
interface Group extends Piece {
  readonly most: number;
  readonly size: number;
  readonly classes: readonly Class[];
}
interface Spread {
  readonly groups: readonly Group[];
  /** Those who go by themselves counted in. */
  readonly cost: number;
  readonly people: number;
}
const NOBODY: Spread = { groups: [], cost: 0, people: 0 };
type Split = (piece: Piece) => readonly Piece[];

function piecesOf({ lists, tags }: MemberChange): readonly Piece[] {
  const all = (['lists', 'tags'] as const).flatMap((what) =>
    (['add', 'remove'] as const).map((how): Piece => ({ what, how, targets: [...{ lists, tags }[what][how]].sort() })),
  );
  return all.filter(({ targets }) => targets.length > 0);
}

const bySet: Split = (piece) => [piece];
const byTarget: Split = (piece) => piece.targets.map((target) => ({ ...piece, targets: [target] }));

function wayOf(ways: readonly MemberWay[], { what, how, targets }: Piece): MemberWay | null {
  return ways.find((way) => way.what === what && way.how === how && way.limits.targets >= targets.length) ?? null;
}

function classesOf(changes: readonly MemberChange[]): readonly Class[] {
  const classes = new Map<string, Class>();
  for (const change of changes) {
    const pieces = piecesOf(change);
    const key = pieces.map(keyOf).join(';');
    const found = classes.get(key) ?? { pieces, ids: [] };
    found.ids.push(change.id);
    classes.set(key, found);
  }
  return [...classes.values()];
}

function keyOf({ what, how, targets }: Piece): string {
  return `${what} ${how} ${targets.join(' ')}`;
}

/** Lists one by one put people into several jobs, so they need several passes. */
function formsFor({ oneRound }: MemberWays): readonly Split[] {
  return oneRound ? [bySet] : [bySet, byTarget];
}

/** So many classes are looked at, smallest first: what the rest could save is little against the whole. */
const MOST_TRIES = 300;

/** Begins with everybody in jobs of one form, then tries for each class the other form, and each by themselves. */
function improved(classes: readonly Class[], split: Split, ways: MemberWays, open: readonly MemberWay[]): Spread {
  const forms = new Map<Class, Split | null>(classes.map((one) => [one, split]));
  const priced = (): Spread => spread(forms, ways, open);
  let best = priced();
  const small = [...classes].sort((a, b) => a.ids.length - b.ids.length).slice(0, MOST_TRIES);
  for (const one of small)
    // By themselves comes last: where it costs no more they are done at once.
    for (const form of [...formsFor(ways), null]) {
      const before = forms.get(one) ?? null;
      if (form === before) continue;
      forms.set(one, form);
      const then = priced();
      if (then.cost < best.cost || (form === null && then.cost === best.cost)) best = then;
      else forms.set(one, before);
    }
  return best;
}

function spread(forms: ReadonlyMap<Class, Split | null>, ways: MemberWays, open: readonly MemberWay[]): Spread {
  const groups = new Map<string, { piece: Piece; size: number; classes: Class[] }>();
  let [people, rounds, alone] = [0, 0, 0];
  for (const [one, split] of forms) {
    if (split === null) alone += one.ids.length;
    else {
      const pieces = one.pieces.flatMap(split);
      people += one.ids.length;
      rounds = Math.max(rounds, pieces.length);
      for (const piece of pieces) {
        const group = groups.get(keyOf(piece)) ?? { piece, size: 0, classes: [] };
        group.size += one.ids.length;
        group.classes.push(one);
        groups.set(keyOf(piece), group);
      }
    }
  }
  const all = [...groups.values()].map(({ piece, size, classes }): Group => {
    const most = wayOf(open, piece)?.limits.people ?? 1;
    return { ...piece, most, size, classes };
  });
  return { groups: all, cost: costOf(all, rounds, ways) + ways.single * alone, people };
}

/** What the jobs of these groups cost: sent, asked for, read back. Who is in several is in one after the other. */
function costOf(groups: readonly Group[], rounds: number, ways: MemberWays): number {
  if (groups.length === 0) return 0;
  const sent = groups.reduce((sum, group) => sum + jobsOf(group), 0);
  return sent + Math.max(rounds, Math.ceil(sent / ways.toldAtOnce)) + readBackOf(groups, rounds, ways);
}

function jobsOf({ size, most }: Group): number {
  return Math.ceil(size / most);
}

function idsOf({ classes }: Group): readonly string[] {
  return classes.flatMap(({ ids }) => ids);
}

function readBackOf(groups: readonly Group[], rounds: number, ways: MemberWays): number {
  const single = groups.reduce((sum, group) => sum + (isListed(group) ? 0 : group.size), 0);
  const listed = new Map<string, number>();
  for (const group of groups.filter(isListed)) {
    const key = listingOf(group);
    listed.set(key, (listed.get(key) ?? 0) + group.size);
  }
  const pages = [...listed].map(([key, people]) => readBackCalls(key, people, ways));
  const each = pages.reduce((sum, calls) => sum + calls, single);
  return Math.min(each, rounds * walkCalls(ways));
}

/** A list shows who was put on it; who was taken off it is shown by no list. */
function isListed({ how }: Piece): boolean {
  return how === 'add';
}

/** Which listing shows the people of a group: that of its first list or tag. */
function listingOf({ what, targets }: Piece): string {
  return `${what} ${targets[0] ?? ''}`;
}

/** Tells what it costs to see people again who were put on a list or tagged: its listing, or each by themselves. */
export function readBackCalls(listing: string, people: number, ways: Pick<MemberWays, 'page' | 'on'>): number {
  const [what = '', id = ''] = listing.split(' ');
  return Math.min(people, Math.ceil((ways.on(what as MemberKind, id) + people) / ways.page));
}

/** Tells what it costs to see everybody. */
export function walkCalls({ everybody, page }: Pick<MemberWays, 'everybody' | 'page'>): number {
  return Math.max(1, Math.ceil(everybody / page));
}

/** Largest first; one of whose people another takes already waits whole, so that it stays one. */
function firstOf(groups: readonly Group[]): readonly Group[] {
  const taken = new Set<Class>();
  return [...groups]
    .sort((a, b) => b.size - a.size)
    .filter(({ classes }) => {
      if (classes.some((one) => taken.has(one))) return false;
      for (const one of classes) taken.add(one);
      return true;
    });
}

function packed(group: Group): readonly MemberJob[] {
  const { what, how, targets, most } = group;
  const all = idsOf(group);
  return Array.from({ length: jobsOf(group) }, (_, at) => ({
    what,
    how,
    targets,
    ids: all.slice(at * most, (at + 1) * most),
  }));
}
