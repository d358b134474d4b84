/**
 * I7, I10, I12, I17, I20 and how a command may end: what every pass of every history must satisfy by itself.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { oddWord } from '../../../simulators/constant-contact/v3/render-contact.ts';
import type { PassResult, VerifyItem } from '../../../src/cli/results.ts';
import { saysSignInLost, type CommonMoment, type Finding, type Oracle } from '../moment.ts';
import { isMailable, type ConsentTruth } from './consent-truth.ts';
import { isFair } from './consent.ts';

/** Only a blow may end a command with an error, and only foul weather a pass as failed. */
export const commandsEnd: Oracle<CommonMoment> = {
  after(moment) {
    const { ended, blow, command, sync, result } = moment;
    if (ended.kind === 'failed' && blow === null)
      return [{ id: 'ends', text: `${command} ${sync} threw ${String(ended.error)}` }];
    // A chain that was lost in foul weather is told by the next pass, whatever the weather (I15 judges whether it may be).
    const excused = saysSignInLost(ended) || tokensEndedAgain(moment);
    if (result?.outcome === 'failed' && isFair(moment) && blow === null && !excused)
      return [{ id: 'ends', text: `${sync} failed in fair weather: ${JSON.stringify(result.messages)}` }];
    return [];
  },
};

/**
 * A token that ends before its time while a pass is at work is renewed. One that ends again at once is not, for a minute: a server that
 * takes none of its own tokens must not be asked for ever. That pass fails, and the next one works, or tells that the chain is lost.
 */
function tokensEndedAgain({ world, changesBefore, installation }: CommonMoment): boolean {
  const ended = world.changes.slice(changesBefore).some(({ kind }) => ENDED.has(kind));
  return ended && installation.tokens?.renewedLately === true;
}
const ENDED: ReadonlySet<string> = new Set(['oauth.expireAccessTokens', 'oauth.revokeGrants']);

/** I7. What says that it wrote nothing wrote nothing; so do plan, verify and release. Somebody held may be written, but for consent. */
export const itGoesQuiet: Oracle = {
  after({ command, sync, result, writes, blow }) {
    if (writes.length === 0 || (command === 'pass' && (blow !== null || !isIdle(result)))) return [];
    const told = JSON.stringify(writes.slice(0, 3));
    return [{ id: 'I7', text: `${command} ${sync} said it wrote nothing, and wrote ${told}` }];
  },
  atRest: (moment) => itIsExplained.atRest?.(moment) ?? [],
};

/** I7. At rest `verify` ends, and explains every difference. */
export const itIsExplained: Oracle<CommonMoment> = {
  after: () => [],
  atRest({ ended, sync }) {
    if (ended.kind !== 'answer') return [{ id: 'I7', text: `verify ${sync} ended with ${ended.kind}` }];
    const items = (ended.answer ?? []) as readonly VerifyItem[];
    return items
      .filter((item) => item.kind === 'difference' && item.because === 'unexplained')
      .slice(0, 3)
      .map((item) => ({ id: 'I7', text: `verify ${sync} at rest cannot explain ${JSON.stringify(item)}` }));
  },
};

/** I10. A pass that a guard stopped has written nothing but that people may not be mailed, who may not. */
export function guardsHold(truth: ConsentTruth): Oracle {
  const loaded = new Set<string>();
  return {
    after({ result, writes, world, sync, setup }) {
      if (result?.outcome === 'done') loaded.add(sync);
      if (result?.outcome !== 'stopped') return [];
      // A first load fills an empty mirror while it reads; a guard may stop what comes after it.
      const isLoad = (place: string, what: string): boolean =>
        place === 'mirror' && what === 'insert' && !loaded.has(sync);
      truth.refresh();
      const mayNot = (id: string): boolean => {
        const person = world.people.get(id);
        if (person === undefined || !isMailable(person) || truth.isDoubtful(person, setup.syncs.length))
          return person !== undefined;
        // Whom the account shows in a way that nobody knows is out, whatever is true of them (I2).
        return oddWord(person, world.switches.current) !== null;
      };
      return writes
        .filter(({ place, what }) => !isLoad(place, what))
        .filter(({ place, id }) => !(place === 'mirror' ? [id] : [...truth.holdersOf(id)]).some(mayNot))
        .map((write) => ({ id: 'I10', text: `${sync} was stopped and wrote ${JSON.stringify(write)}` }));
    },
  };
}

/** I12. No request ever went beyond the quota. */
export const quotaIsKept: Oracle<CommonMoment> = {
  after({ installation, sync }) {
    const { excess } = installation.simulator.requests;
    return excess === 0 ? [] : [{ id: 'I12', text: `${sync}: ${excess} requests beyond the quota` }];
  },
};

/** I17. Each record that was read stands in exactly one bucket. */
export const everythingIsCounted: Oracle<CommonMoment> = {
  after({ result, sync }) {
    if (result === null) return [];
    const { read, unchanged, applied, skipped, held, parked, conflicts } = result;
    const skippedAll = Object.values(skipped).reduce((sum, n) => sum + n, 0);
    const sum = unchanged + applied + skippedAll + held + parked + conflicts;
    return sum === read
      ? []
      : [{ id: 'I17', text: `${sync} read ${read} and accounts for ${sum}: ${JSON.stringify(result)}` }];
  },
};

/** I20. No address in what a pass says, no token anywhere. */
export const secretsStayInside: Oracle<CommonMoment> = {
  after({ ended, command, sync, installation }) {
    if (command !== 'pass') return [];
    const said =
      ended.kind === 'answer' ? JSON.stringify(ended.answer) : ended.kind === 'failed' ? errorText(ended.error) : '';
    const found = [...installation.secrets, '@example.', '%40example.'].filter((secret) => said.includes(secret));
    return found.map((secret) => ({ id: 'I20', text: `the end of a pass of ${sync} says ${secret.slice(0, 24)}` }));
  },
  atRest({ installation }) {
    return installation.secrets.flatMap((secret) => filesWith(installation.folder, secret));
  },
};

/** Whoever is unfinished stands in that bucket alone (product, commands), whatever of them was written: somebody in a job, and their row. */
export function isIdle(result: PassResult | null): boolean {
  if (result?.outcome !== 'done') return false;
  const unfinished = result.skipped['unfinished'] ?? 0;
  return result.applied + result.held + result.parked + result.conflicts + unfinished === 0;
}

function errorText(error: unknown): string {
  return error instanceof Error ? `${String(error.stack)} ${errorText(error.cause)}` : JSON.stringify(error ?? null);
}

function filesWith(folder: string, token: string): Finding[] {
  const forms = [token, Buffer.from(token).toString('hex'), Buffer.from(token).toString('base64').replace(/=+$/, '')];
  return readdirSync(folder)
    .filter((name) => forms.some((form) => readFileSync(join(folder, name)).includes(form)))
    .map((name) => ({ id: 'I20', text: `the token stands in ${name}` }));
}
