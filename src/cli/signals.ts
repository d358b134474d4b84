/**
 * Signals: the first asks for a clean end, the second ends at once. No other file listens to them.
 *
 * Decides that two signals within a moment are one: ^C in a terminal reaches a program directly and, when an older Node
 * started it again, a second time through its parent.
 */

/** What of a process this needs. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** What a shell shows for a program ended by the signal. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const ONE_SIGNAL_MS = 300;

export interface Interruption extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
}

/** Listens until disposed; `exitAtOnce` is called for the second signal. */
export function listenForSignals(
  source: SignalSource,
  now: () => number,
  exitAtOnce: (code: number) => void,
): Interruption {
  const controller = new AbortController();
  let first = 0;
  const listeners = SIGNALS.map((name) => {
    const listener = (): void => {
      if (!controller.signal.aborted) {
        first = now();
        controller.abort(new DOMException(`interrupted by ${name}`, 'AbortError'));
      } else if (now() - first > ONE_SIGNAL_MS) exitAtOnce(CODES[name]);
    };
    source.on(name, listener);
    return () => source.off(name, listener);
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const stop of listeners) stop();
    },
  };
}
