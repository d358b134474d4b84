/**
 * How far a pass is, on standard error: a bar on a terminal, one line for each phase elsewhere, nothing with --json or
 * --quiet.
 */
import { SingleBar } from 'cli-progress';
import type { ProgressEvent } from './application.ts';
import type { Io } from './io.ts';
import type { Output } from './output.ts';
import { renderBackfill } from './render-pass.ts';
import { formatCount } from './text.ts';

export interface Progress extends Disposable {
  readonly report: (event: ProgressEvent) => void;
}

/** Chooses the display that fits the terminal and the mode. */
export function createProgress(io: Io, output: Output): Progress {
  if (output.mode.json || output.mode.quiet) return { report: () => undefined, [Symbol.dispose]: () => undefined };
  return io.barStream === null ? createLines(output) : createBar(io.barStream, output);
}

/** Each phase once: a pass that waits and goes on a hundred times is not news. */
function createLines(output: Output): Progress {
  const told = new Set<string>();
  const report = (event: ProgressEvent): void => {
    const label = labelOf(event);
    if (told.has(label)) return;
    told.add(label);
    void output.complain(label); // progress never holds work up, nor ends it
  };
  return { report, [Symbol.dispose]: () => undefined };
}

function createBar(stream: NonNullable<Io['barStream']>, output: Output): Progress {
  const bar = new SingleBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false, // signals belong to signals.ts
    format: (_options, { progress }, payload: { event: ProgressEvent }) => drawBar(payload.event, progress),
  });
  let running = false;
  const report = (event: ProgressEvent): void => {
    if (event.backfill !== undefined) {
      // It stays on the terminal, above the bar.
      bar.stop();
      running = false;
      void output.complain(labelOf(event));
      return;
    }
    if (running) bar.setTotal(event.total ?? 0);
    else bar.start(event.total ?? 0, event.done, { event });
    running = true;
    bar.update(event.done, { event });
  };
  return { report, [Symbol.dispose]: () => bar.stop() };
}

const BAR_WIDTH = 24;

/** Draws one line of progress; exported for its test. */
export function drawBar(event: ProgressEvent, share: number): string {
  if (event.total === null) return `${labelOf(event)} ${formatCount(event.done)}`;
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  const bar = `${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}`;
  return `${labelOf(event)} [${bar}] ${formatCount(event.done)} of ${formatCount(event.total)}`;
}

function labelOf({ sync, phase, stream, backfill }: ProgressEvent): string {
  if (backfill !== undefined) return `${sync}: ${renderBackfill(backfill)}`;
  return `${sync}: ${phase}${stream === null ? '' : ` ${stream}`}`;
}
