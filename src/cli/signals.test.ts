/** The first signal asks for a clean end, the second ends at once. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForSignals } from './signals.ts';

function listen(): {
  readonly source: EventEmitter;
  readonly exits: number[];
  readonly at: { now: number };
} & ReturnType<typeof listenForSignals> {
  const source = new EventEmitter();
  const exits: number[] = [];
  const at = { now: 1_000_000 };
  const interruption = listenForSignals(
    source,
    () => at.now,
    (code) => exits.push(code),
  );
  return Object.assign(interruption, { source, exits, at });
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s aborts, and once more exits with %i', (name, code) => {
  const { source, exits, signal, at } = listen();
  expect(signal.aborted).toBe(false);
  source.emit(name);
  expect(signal.aborted).toBe(true);
  expect(exits).toEqual([]);
  at.now += 1_000;
  source.emit(name);
  expect(exits).toEqual([code]);
});

test('one ^C that arrives twice within a moment is one', () => {
  const { source, exits, at } = listen();
  source.emit('SIGINT');
  at.now += 50;
  source.emit('SIGINT');
  expect(exits).toEqual([]);
});

test('nothing is listened to afterwards', () => {
  const listening = listen();
  listening[Symbol.dispose]();
  expect(listening.source.eventNames()).toEqual([]);
});
