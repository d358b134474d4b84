/**
 * Door: a saved plan that `apply` is given: cut off, edited, or no plan at all. Nothing is taken from one that is not
 * complete, and reading it twice gives the same.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeFiles } from '../../src/adapters/node-files.ts';
import { UsageError } from '../../src/cli/messages.ts';
import { inspectPlanFile, readPlanOf } from '../../src/cli/plan-file.ts';
import { FileError } from '../../src/ports/files.ts';
import { type Door, type Json, listOf, member, promise, textOf } from './door.ts';
import { damageText, type Draw, spoil } from './draw.ts';
import { folder } from './folder.ts';

const LINE: Json = {
  kind: 'line',
  sync: 'copy',
  stream: 'contacts',
  id: '1618ae62-4752-11e9-9c8a-fa163e6b01c1',
  secondaryId: null,
  action: 'update',
  lane: 'live',
  reason: 'changed',
  changes: [{ field: 'first_name', from: 'Ann', to: 'Anne' }],
  base: { primary: 'h1', secondary: 'h2' },
};
const SUMMARY: Json = { kind: 'summary', sync: 'copy', hash: 'abc', fingerprint: 'def' };

export const plans: Door = {
  name: 'plans',
  weight: 8,
  make,
  open,
  refuses: (error) => error instanceof UsageError || error instanceof FileError,
};

function make(draw: Draw): Json {
  const lines = Array.from({ length: draw.below(4) }, () => LINE);
  const items = [{ kind: 'concord-plan', version: 1 }, ...lines, SUMMARY, { kind: 'end', items: lines.length + 1 }];
  const rate = draw.pick([0, 0.02, 0.1]);
  const texts = items.map((item) => JSON.stringify(spoil(draw, item, rate)));
  const whole = `${texts.join('\n')}\n`;
  return {
    text: draw.chance(0.4) ? damageText(draw, whole) : whole,
    bytes: draw.chance(0.05) ? [255, 254, 0, 13] : [],
  };
}

async function open(input: Json): Promise<void> {
  const at = join(folder('plans'), 'saved.plan');
  mkdirSync(folder('plans'), { recursive: true });
  const bytes = listOf(member(input, 'bytes')).map((one) => Number(one) & 255);
  writeFileSync(at, Buffer.concat([Buffer.from(textOf(member(input, 'text'))), Buffer.from(bytes)]));
  try {
    const files = createNodeFiles('fuzz');
    const [summaries, again] = [await inspectPlanFile(files, at), await inspectPlanFile(files, at)];
    promise(JSON.stringify(summaries) === JSON.stringify(again), 'a plan was read twice, and was two plans');
    for (const { sync } of summaries) for await (const item of readPlanOf(files, at, sync)) takesLine(item);
  } finally {
    rmSync(at, { force: true });
  }
}

/** What `apply` relies on in each line before it trusts anything. */
function takesLine(item: { readonly kind: string }): void {
  promise(item.kind === 'line' || item.kind === 'summary', 'a line of another kind came through');
  if (item.kind !== 'line') return;
  const { stream, id, base } = item as unknown as { stream: unknown; id: unknown; base: { primary: unknown } };
  promise(
    typeof stream === 'string' && typeof id === 'string' && base !== null,
    'a line without its base came through',
  );
}
