/**
 * The wire: one client, one retry loop, one budget for each budget group.
 *
 * Decides when a request leaves, whether it leaves again, and when to give up; what an answer means is the connector's
 * classification. Counts before sending (I12). Must never follow a redirect, leave the connection's host, or say a
 * token, a query, a body or an address in an error (I20).
 */
import type { Access } from '../connector/access.ts';
import type { ApiAnswer, ApiRequest, Classify, Wire } from '../connector/wire.ts';
import { ConnectorError, ERROR_CLASSES } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Transport } from '../ports/transport.ts';
import { TransportError } from '../ports/transport.ts';
import type { BudgetLedger } from '../store/budget-ledger.ts';
import { MAX_READ_MS, mayTryAgain, pauseAfter } from './backoff.ts';
import { createBudget } from './budget.ts';
import type { Budget, BudgetOptions, Limits } from './budget.ts';
import { createWindowBudget } from './budget-window.ts';
import type { WindowLimits } from './budget-window.ts';
import { judgeAnswer, judgeFault, mayHaveActed, outcomeUnknown } from './judge.ts';
import type { Failure, Outcome } from './judge.ts';
import { Pace } from './pace.ts';
import type { Base, Target } from './url.ts';
import { parseBase, targetOf } from './url.ts';

/** Why a read waits, for progress lines. */
export interface WaitInfo {
  readonly connection: string;
  readonly reason: 'budget' | 'throttled' | 'retry';
  readonly ms: number;
}

export interface WireOptions {
  readonly connection: string;
  readonly baseUrl: string;
  /** The budget group: all connections that share one key. */
  readonly group: string;
  readonly limits: Limits | WindowLimits;
  /** Asked for a token before each try's slot is taken: a renewal may take longer than a slot lasts. */
  readonly access: Access;
  readonly classify: Classify;
  readonly transport: Transport;
  readonly ledger: BudgetLedger;
  readonly clock: Clock;
  readonly random: Random;
  readonly onWait?: (info: WaitInfo) => void;
}

/** Tells whether only a read can say what became of a request. */
type IsUnknown = (failure: Failure) => boolean;

interface Sending {
  readonly target: Target;
  readonly request: ApiRequest;
  readonly token: string;
}

export const REQUEST_TIMEOUT_MS = 20_000;
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Makes a connection's wire. Throws `CONFIG_INSECURE_URL` or `CONFIG_BAD_URL` for a base URL that must not be used. */
export function createWire(options: WireOptions): Wire {
  return new HttpWire(options);
}

class HttpWire implements Wire {
  sent = 0;
  skewMs: number | null = null;
  readonly #options: WireOptions;
  readonly #base: Base;
  readonly #budget: Budget;
  readonly #pace: Pace;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#base = parseBase(options.baseUrl);
    this.#pace = new Pace(options.limits.perSecond, options.clock);
    this.#budget = budgetOf(options, (ms, signal) => this.#wait('budget', ms, signal));
  }

  async read(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    return this.#series(request, signal, () => false);
  }

  async write(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    return this.#series(request, signal, mayHaveActed);
  }

  /** Tries until there is an answer, or until another try would be wrong: after `unknown` it always is. */
  async #series(request: ApiRequest, signal: AbortSignal, isUnknown: IsUnknown): Promise<ApiAnswer> {
    const target = targetOf(this.#base, request);
    let usedMs = 0;
    let mayRenew = true;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      const token = await this.#options.access.token(signal);
      const asked = { label: target.label, urgent: request.urgent === true };
      const slot = await this.#budget.reserve(asked, this.skewMs, signal);
      await this.#keepPace(slot, signal);
      const began = this.#options.clock.now();
      const outcome = await this.#tryOnce({ target, request, token }, slot, MAX_READ_MS - usedMs, signal);
      // A clock that was set back must not make the series endless.
      usedMs += Math.max(0, this.#options.clock.now() - began);
      if (outcome.kind === 'success') return outcome.answer;
      // Who was turned away for a token did nothing there, so that a write too is sent once more with the next one.
      if (mayRenew && outcome.classified.errorClass === 'auth') {
        mayRenew = false;
        if ((await this.#options.access.renew(token, signal)) !== null) continue;
      }
      if (isUnknown(outcome)) throw this.#failed(target, outcomeUnknown(outcome), attempt, null);
      usedMs += await this.#pauseOrThrow(target, onceOnly(request, outcome), attempt, usedMs, signal);
    }
  }

  /** Only a clock that was set forward makes this wait; a slot whose wait is given up is settled. */
  async #keepPace(slot: number, signal: AbortSignal): Promise<void> {
    const ms = this.#pace.waitMs();
    if (ms === 0) return;
    try {
      await this.#wait('budget', ms, signal);
    } catch (error) {
      await this.#options.ledger.settle(slot, this.#options.clock.now());
      throw error;
    }
  }

  /** Sends once within a reserved slot, which is settled whatever comes. */
  async #tryOnce(sending: Sending, slot: number, leftMs: number, signal: AbortSignal): Promise<Outcome> {
    const { clock, transport, classify, ledger } = this.#options;
    const began = clock.now();
    let reached = false;
    try {
      const http = this.#httpRequest(sending, leftMs);
      reached = true;
      const answer = await transport.exchange(http, signal);
      const outcome = judgeAnswer(answer, classify, sending.request);
      this.#measureSkew(outcome, began);
      await this.#budget.heard(answer, this.skewMs);
      return outcome;
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      reached = error.sent;
      signal.throwIfAborted();
      return judgeFault(error);
    } finally {
      if (reached) this.sent += 1;
      this.#pace.settled();
      await ledger.settle(slot, clock.now());
    }
  }

  #httpRequest({ target, request, token }: Sending, leftMs: number): Parameters<Transport['exchange']>[0] {
    const json = request.json === undefined ? null : JSON.stringify(request.json);
    return {
      method: request.method,
      url: target.url,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': 'concord',
        ...(json === null ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === null ? {} : { body: json }),
      timeoutMs: Math.min(REQUEST_TIMEOUT_MS, leftMs),
      maxBytes: MAX_BODY_BYTES,
    };
  }

  /** The Date header was written somewhere between sending and receiving: the middle errs least. */
  #measureSkew(outcome: Outcome, began: number): void {
    const sourceTime = outcome.kind === 'success' ? outcome.answer.sourceTime : outcome.sourceTime;
    const trusted = outcome.kind === 'success' || outcome.classified.code !== 'SOURCE_NOT_JSON';
    if (sourceTime !== null && trusted) this.skewMs = Math.round(sourceTime - (began + this.#options.clock.now()) / 2);
  }

  /** Waits before the next try and tells how long, or throws what the last try said. */
  async #pauseOrThrow(
    target: Target,
    failure: Failure,
    attempt: number,
    usedMs: number,
    signal: AbortSignal,
  ): Promise<number> {
    const { errorClass } = failure.classified;
    if (errorClass === 'quota_exceeded') throw await this.#quotaGone(target, failure, attempt);
    const throttled = errorClass === 'throttled';
    const pause = pauseAfter(attempt, { throttled, retryAfterMs: failure.retryAfterMs }, this.#options.random);
    const handling = ERROR_CLASSES[errorClass];
    const again =
      failure.mayPass && (handling === 'retry' || handling === 'wait') && mayTryAgain(attempt, usedMs, pause);
    if (!again && throttled && this.#budget.counts === 'window') throw await this.#quotaGone(target, failure, attempt);
    if (!again) throw this.#failed(target, failure, attempt, this.#vendorsWord(failure));
    await this.#wait(throttled ? 'throttled' : 'retry', pause, signal);
    return pause;
  }

  async #quotaGone(target: Target, failure: Failure, attempt: number): Promise<ConnectorError> {
    const until = await this.#budget.quotaGone(this.skewMs, this.#vendorsWord(failure));
    const classified = { ...failure.classified, errorClass: 'quota_exceeded' } as const;
    return this.#failed(target, { ...failure, classified }, attempt, until);
  }

  #vendorsWord(failure: Failure): number | null {
    return failure.retryAfterMs === null ? null : this.#options.clock.now() + failure.retryAfterMs;
  }

  #failed(target: Target, failure: Failure, attempts: number, until: number | null): ConnectorError {
    const { code, errorClass, vendorKey } = failure.classified;
    const what = failure.status === null ? 'no answer' : `status ${failure.status}`;
    return new ConnectorError(code, errorClass, `${target.label}: ${what}`, {
      connection: this.#options.connection,
      request: target.label,
      attempts,
      ...(failure.status === null ? {} : { status: failure.status }),
      ...(vendorKey === null ? {} : { vendorKey }),
      ...(until === null ? {} : { until }),
    });
  }

  async #wait(reason: WaitInfo['reason'], ms: number, signal: AbortSignal): Promise<void> {
    this.#options.onWait?.({ connection: this.#options.connection, reason, ms });
    await this.#options.clock.sleep(ms, signal);
  }
}

function budgetOf(options: WireOptions, wait: BudgetOptions['wait']): Budget {
  const { limits } = options;
  const common = { ...options, timeoutMs: REQUEST_TIMEOUT_MS, wait };
  return 'perDay' in limits ? createBudget({ ...common, limits }) : createWindowBudget({ ...common, limits });
}

/** A failure that its maker answers by asking for less would only come again. */
function onceOnly({ oneTry }: ApiRequest, failure: Failure): Failure {
  const forLess = oneTry === true && failure.arrived && failure.classified.errorClass === 'unavailable';
  return forLess ? { ...failure, mayPass: false } : failure;
}
