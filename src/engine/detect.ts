/**
 * detect: reads the primary into the store, stream by stream.
 *
 * Names come before people, so that a contact's lists and tags exist when it is written. One stream that cannot be read
 * never stops the others. Must never write to the secondary, a first load's append excepted (the lane's own).
 */
import { runChannel } from './channels.ts';
import type { PassContext } from './context.ts';
import { readListing } from './listings.ts';
import { readPeople } from './people.ts';

/** Reads all streams of the sync. Returns false when something that was due could not be read. */
export async function readAll(ctx: PassContext): Promise<boolean> {
  let whole = true;
  for (const stream of ctx.sync.streams) {
    if (stream === 'contacts') continue;
    const result = await runChannel(ctx, stream, () => readListing(ctx, stream));
    whole &&= result === 'read';
  }
  if (ctx.sync.streams.includes('contacts')) whole = (await readPeople(ctx)) && whole;
  return whole;
}
