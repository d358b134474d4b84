/**
 * Kills a scenario at any durable step and lets fresh processes finish it (I5).
 *
 * The files are copied at the instant of the crash, logs of open transactions included, and the copies are what the
 * next process finds: nothing that the dying program does while its stack unwinds can help it. Every later step of the
 * dead process throws as well, so that it commits nothing more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PassResult } from '../../src/cli/results.ts';
import { noSteps, type Steps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { Account, MINUTE, type AccountOptions } from '../harness/account.ts';
import { copyFiles, DEAD_PID, failAt, killAt, replaceFiles } from '../harness/blows.ts';
import { endState, type EndState } from './end-state.ts';

export interface Scenario {
  readonly name: string;
  readonly sync?: string;
  readonly open: AccountOptions;
  /** What happens before the pass that is killed; the world stands still afterwards. */
  readonly before: (account: Account) => Promise<void>;
}

/** A run without any blow: every step it reached, and how it ended. */
export interface Calm {
  readonly visited: readonly string[];
  readonly end: EndState;
}

/** How a process meets its end, or an error, at a step. */
export type Blow = 'killed' | 'unknown';

/** More passes than any recovery may need. */
const MOST_PASSES = 12;

export class CrashRig implements AsyncDisposable {
  readonly account: Account;
  readonly #sync: string;
  readonly #base: string;
  readonly #now: number;

  private constructor(account: Account, sync: string, base: string) {
    this.account = account;
    this.#sync = sync;
    this.#base = base;
    this.#now = account.clock.now();
  }

  /** Plays the scenario up to the pass that is to be killed. */
  static async open(scenario: Scenario): Promise<CrashRig> {
    const account = await Account.open({ quota: null, ...scenario.open });
    account.machine = { host: hostname(), pid: DEAD_PID };
    await scenario.before(account);
    await account.stop();
    const base = mkdtempSync(join(tmpdir(), 'concord-crash-'));
    copyFiles(account.folder, base);
    return new CrashRig(account, scenario.sync ?? 'copy', base);
  }

  /** Runs passes without any blow; tells every step reached and how it ended. */
  async calm(): Promise<Calm> {
    const visited: string[] = [];
    this.#rewind();
    await this.#settle({ reached: (point) => void visited.push(point) });
    return { visited, end: endState(this.account.folder) };
  }

  /** What `verify` finds different on the two sides as they stand now. */
  async differences(): Promise<readonly unknown[]> {
    return (await this.account.verify(this.#sync)).filter((item) => item.kind === 'difference');
  }

  /** Strikes at each of these visits in turn (each counted from the start of the processes before it), then lets fresh processes finish. */
  async strike(blow: Blow, ...at: readonly number[]): Promise<EndState> {
    this.#rewind();
    for (const visit of at) {
      if (blow === 'unknown') await this.#settle(failAt(visit));
      else await this.#kill(visit);
    }
    await this.#settle(noSteps);
    return endState(this.account.folder);
  }

  async #kill(visit: number): Promise<void> {
    const crashed = mkdtempSync(join(tmpdir(), 'concord-crash-'));
    try {
      const steps = killAt(visit, () => copyFiles(this.account.folder, crashed));
      const died = await this.#settle(steps).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          return true;
        },
      );
      if (!died && !steps.struck) return;
      replaceFiles(this.account.folder, crashed);
    } finally {
      rmSync(crashed, { recursive: true, force: true });
    }
  }

  /** Runs passes as a schedule and an operator would, until one is done with nothing to write. */
  async #settle(steps: Steps): Promise<void> {
    const { account } = this;
    account.steps = steps;
    try {
      for (let pass = 0; pass < MOST_PASSES; pass += 1) {
        const result = await this.#pass();
        if (result?.outcome === 'done' && result.applied === 0) return;
        if (result?.outcome === 'stopped') await this.#release(result);
        if (result?.resumeAt !== undefined) account.clock.advance(result.resumeAt - account.clock.now());
        account.pass(MINUTE);
      }
    } finally {
      account.steps = noSteps;
    }
    throw new Error(`not quiet after ${MOST_PASSES} passes`);
  }

  /** An error that is no kill ends a pass as it would end a process; the schedule starts the next. */
  async #pass(): Promise<PassResult | null> {
    try {
      return await this.account.sync(this.#sync);
    } catch (error) {
      if (error instanceof Killed) throw error;
      return null;
    }
  }

  async #release(result: PassResult): Promise<void> {
    const { account } = this;
    try {
      await (await account.start()).release(String(result.stopHash));
    } catch (error) {
      if (error instanceof Killed) throw error;
    } finally {
      await account.stop();
    }
  }

  #rewind(): void {
    replaceFiles(this.account.folder, this.#base);
    this.account.clock.stepTo(this.#now);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.account.close();
    rmSync(this.#base, { recursive: true, force: true });
  }
}
