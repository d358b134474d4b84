/**
 * `simulate`: runs the simulators until a signal comes.
 *
 * One of the two doors between the product and the simulators; they share no code. Prints one JSON line when they are
 * up, with or without --json, for that line is what scripts wait for.
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import type { Session } from '../session.ts';

export interface SimulateOptions {
  readonly port: number | undefined;
  readonly contacts: number;
  readonly seed: number | undefined;
  readonly faults: string | undefined;
}

/** Runs the command. */
export async function runSimulate(session: Session, options: SimulateOptions): Promise<ExitCode> {
  const { io, output } = session;
  const plan = options.faults === undefined ? null : await readFaults(session, options.faults);
  const seed = options.seed ?? plan?.seed ?? undefined;
  const { startSimulators } = await import('../../../simulators/main.ts');
  const simulators = await startSimulators({
    contacts: options.contacts,
    ...(options.port !== undefined && { port: options.port }),
    ...(seed !== undefined && { seed }),
    ...(plan !== null && { faults: plan.faults }),
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError('port-taken', { port: options.port ?? null });
  });
  try {
    await output.always(simulators.ready);
    if (!io.signal.aborted) await once(io.signal, 'abort');
  } finally {
    await simulators.close();
  }
  return EXIT.ok;
}

type FaultPlan = ReturnType<typeof import('../../../simulators/faults/plan.ts').parseFaultPlan>;

/** Reads a fault plan; its form belongs to the simulators. */
async function readFaults({ io }: Session, file: string): Promise<FaultPlan> {
  const path = resolve(io.cwd, file);
  const text = await io.files.readText(path);
  const { parseFaultPlan } = await import('../../../simulators/faults/plan.ts');
  try {
    return parseFaultPlan(JSON.parse(text));
  } catch {
    throw new UsageError('bad-faults', { path });
  }
}
