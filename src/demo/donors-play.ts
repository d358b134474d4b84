/**
 * The demo with a CRM: a first pass, one morning of three donors, a second pass, a third with nothing to do, and `why`.
 *
 * Decides what happens when and which figures are told; it words nothing. Every figure is put beside the truth's, which is
 * taken from the logs of the two simulated systems.
 */
import { createDrivenClock, type DrivenClock } from '../adapters/driven-clock.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { makeTemporaryFolder, removeFolder } from '../adapters/temporary-folder.ts';
import type { PassResult, WhyEvent } from '../cli/results.ts';
import type { Clock } from '../ports/clock.ts';
import type { Claim } from './claims.ts';
import { castDonors, flagsOf, notesOf, permissionOf, type Deed } from './donors-day.ts';
import { installWith, type Installed } from './installation.ts';
import type { Stage } from './play.ts';
import { partOf, textOf, type Both, type Truth } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SYNC = 'donors';

/** How a donor stands in both systems at the end, by the systems themselves. */
export interface Standing {
  readonly deed: Deed;
  readonly permission: string;
  readonly flags: readonly boolean[];
  readonly notes: readonly string[];
}
export interface DonorsEnding {
  readonly kind: 'donors-ended';
  readonly donors: readonly Standing[];
  /** What is told of the first donor since the day began, oldest first. */
  readonly why: { readonly email: string; readonly rule: string; readonly events: readonly WhyEvent[] };
  readonly claims: readonly Claim[];
  readonly safe: boolean;
  readonly kept: string | null;
}
export type DonorsScene =
  | { readonly kind: 'donors-opened'; readonly people: number; readonly contacts: number }
  | { readonly kind: 'donors-pass'; readonly nth: 1 | 2 | 3; readonly result: PassResult }
  | { readonly kind: 'donors-day'; readonly deeds: readonly Deed[] }
  | DonorsEnding;

export interface DonorsStage extends Pick<Stage, 'keep' | 'call'> {
  readonly tell: (scene: DonorsScene) => Promise<void>;
  /** Starts both simulated systems on this clock. */
  readonly simulate: (clock: { now(): number }) => Promise<Both>;
}

/** Plays the demo. Returns false when a pass ended early, and nothing more can be told. */
export async function playDonors(stage: DonorsStage, base: Clock = createSystemClock()): Promise<boolean> {
  // Two hours back, so that what is kept ends at the present.
  const clock = createDrivenClock(base, -2 * HOUR);
  const folder = await makeTemporaryFolder('concord-demo-');
  let both: Both | null = null;
  try {
    both = await stage.simulate(clock);
    const installed = await installWith(folder, configText(both), clock);
    return await new Play(stage, clock, both, installed, stage.keep ? folder : null).run();
  } finally {
    await both?.close();
    if (!stage.keep) await removeFolder(folder);
  }
}

/** Token and key are the simulators', which everybody knows: they may stand in the file. */
function configText({ url, token, crm }: Both): string {
  return `store: ./concord.db
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: ${url}
    auth: { accessToken: ${token} }
  crm:
    connector: virtuous
    baseUrl: ${crm.url}
    auth: { apiKey: ${crm.token} }
syncs:
  ${SYNC}:
    primary: cc
    secondary: crm
    consent: { direction: two-way }
`;
}

/** How many of these changes moved the contact's own time. */
function movedIn(changes: readonly Truth[]): number {
  const moved = (change: Truth): boolean =>
    textOf(partOf(change, 'before'), 'updated_at') !== textOf(partOf(change, 'after'), 'updated_at');
  return changes.filter(moved).length;
}

class Play {
  readonly #stage: DonorsStage;
  readonly #clock: DrivenClock;
  readonly #both: Both;
  readonly #installed: Installed;
  readonly #kept: string | null;
  readonly #claims: Claim[] = [];

  constructor(stage: DonorsStage, clock: DrivenClock, both: Both, installed: Installed, kept: string | null) {
    this.#stage = stage;
    this.#clock = clock;
    this.#both = both;
    this.#installed = installed;
    this.#kept = kept;
  }

  async run(): Promise<boolean> {
    const { world, crm } = this.#both;
    await this.#stage.tell({ kind: 'donors-opened', people: [...world.contacts()].length, contacts: crm.size() });
    if ((await this.#pass(1)) === null) return false;
    const deeds = castDonors(world, crm);
    const since = this.#clock.now();
    await this.#morning(deeds);
    const before = world.log().length;
    const second = await this.#pass(2);
    if (second === null) return false;
    this.#compareWrites(deeds, world.log(before), second);
    if (!(await this.#idle())) return false;
    await this.#end(deeds, since);
    return true;
  }

  /** Runs one pass; null when it did not end as it should, which is told. */
  async #pass(nth: 1 | 2 | 3): Promise<PassResult | null> {
    const before = this.#requests();
    using call = this.#stage.call();
    const result = await this.#installed.ask((application) => application.sync(SYNC, call));
    await this.#stage.tell({ kind: 'donors-pass', nth, result });
    const after = this.#requests();
    for (const side of ['cc', 'crm'] as const)
      this.#claim(`requests of pass ${nth} to ${side}`, after[side] - before[side], result.requests[side] ?? 0);
    return result.outcome === 'done' ? result : null;
  }

  #requests(): { readonly cc: number; readonly crm: number } {
    return { cc: this.#both.requests().total, crm: this.#both.crm.requests().total };
  }

  /** A mailing goes out, and each of the three has their reason never to get another. */
  async #morning(deeds: readonly Deed[]): Promise<void> {
    const { world } = this.#both;
    this.#clock.advance(20 * MINUTE);
    const [made] = world.mutate([{ op: 'createCampaign', name: 'The morning letter', list_ids: [] }]);
    world.mutate([{ op: 'sendCampaign', campaign_id: textOf(made ?? {}, 'campaign_id') ?? '' }]);
    for (const { who, operation } of deeds) {
      this.#clock.advance(10 * MINUTE);
      const changes = world.mutate([operation]);
      if (who === 'clicked')
        this.#claim('times that the opt-out moved updated_at, which a read of changes goes by', 0, movedIn(changes));
    }
    this.#clock.advance(10 * MINUTE);
    await this.#stage.tell({ kind: 'donors-day', deeds });
  }

  /** Each deed is one write in the other system, and each in the CRM leaves one note. */
  #compareWrites(deeds: readonly Deed[], log: readonly Truth[], { applied }: PassResult): void {
    const kinds = log.map((change) => textOf(change, 'kind'));
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    const there = deeds.filter(({ who }) => who !== 'withdrawn').length;
    this.#claim('people that the second pass wrote', deeds.length, applied);
    this.#claim('flags that it switched off in the CRM', there, count('crm.method.opted_out'));
    this.#claim('notes that it left there', there, count('crm.note.created'));
    this.#claim('people whom it unsubscribed in the account', deeds.length - there, count('contact.unsubscribed'));
    const expected = there * 2 + (deeds.length - there);
    this.#claim('changes of either system in all', expected, kinds.length);
  }

  /** An hour later, with nothing changed outside, a pass changes nothing in either system. */
  async #idle(): Promise<boolean> {
    const { world } = this.#both;
    this.#clock.advance(HOUR);
    const before = world.log().length;
    const third = await this.#pass(3);
    if (third === null) return false;
    this.#claim('people that the third pass wrote', 0, third.applied);
    this.#claim('changes of either system in the third pass', 0, world.log(before).length);
    return true;
  }

  async #end(deeds: readonly Deed[], since: number): Promise<void> {
    const { world, crm } = this.#both;
    const people = new Map([...world.contacts()].map((truth) => [textOf(truth, 'contact_id'), truth]));
    const donors = deeds.map((deed): Standing => {
      const permission = permissionOf(people.get(deed.contactId) ?? {});
      return { deed, permission, flags: flagsOf(crm, deed.email), notes: notesOf(crm, deed.email) };
    });
    this.#claim(
      'donors of the day whose flag still says yes',
      0,
      donors.filter(({ flags }) => flags.some(Boolean)).length,
    );
    const raised = world.log().filter((change) => textOf(change, 'kind') === 'crm.method.opted_in').length;
    this.#claim('flags that were ever switched on', 0, raised);
    this.#claim('requests beyond the limits', 0, this.#both.requests().excess + crm.requests().excess);
    const status = await this.#installed.ask((application) => application.status());
    const safe = status.syncs.every((sync) => sync.safe);
    const why = await this.#why(deeds[0]?.email ?? '', since);
    await this.#stage.tell({ kind: 'donors-ended', donors, why, claims: this.#claims, safe, kept: this.#kept });
  }

  /** Asks why the first donor is not mailed, and leaves out what was before the day. */
  async #why(email: string, since: number): Promise<DonorsEnding['why']> {
    const { people } = await this.#installed.ask((application) => application.why(email, null));
    const [person] = people;
    const events = (person?.events ?? []).filter(({ at }) => at !== null && at >= since);
    this.#claim('what `why` tells of the donor who clicked, at least', 1, Math.min(1, events.length));
    return { email, rule: person?.rule ?? '', events };
  }

  #claim(claim: string, truth: number, found: number): void {
    this.#claims.push({ claim, truth, found });
  }
}
