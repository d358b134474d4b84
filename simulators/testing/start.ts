/**
 * start: simulators for the simulator's own tests, at a standing clock and without a quota unless the test asks for one.
 */
import { startSimulators, type SimulatorOptions, type Simulators } from '../main.ts';
import { plainClient, type PlainClient } from './client.ts';

/** Noon of the first day; time stands still until a test moves it. */
export const NOON = Date.UTC(2026, 10, 2, 12);

export interface Running extends Simulators {
  readonly client: PlainClient;
}

/** Starts simulators, hands them to a test and closes them whatever happens. */
export async function withSimulators(
  options: SimulatorOptions,
  test: (running: Running) => Promise<void>,
): Promise<void> {
  const simulators = await startSimulators({ contacts: 60, quota: null, clock: { now: () => NOON }, ...options });
  try {
    await test({ ...simulators, client: plainClient(simulators) });
  } finally {
    await simulators.close();
  }
}

/** Tells an instant so many minutes after noon of the first day. */
export function minutesAfterNoon(minutes: number): string {
  return new Date(NOON + minutes * 60_000).toISOString();
}
