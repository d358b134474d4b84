/**
 * detect: reads the primary into the store, stream by stream.
 *
 * Who left and who changed comes first, names after, totals and walks last: whatever ends the pass early, the quota above
 * all, the opt-outs are known (I3). One stream that cannot be read never stops the others. Must never write to the secondary, a first load's append excepted (the lane's own).
 */
import { runChannel } from './channels.ts';
import type { StreamName } from '../model/record.ts';
import { PassStopped, type PassContext } from './context.ts';
import { readListing } from './listings.ts';
import { readNews, readPeople } from './people.ts';

/** Reads all streams of the sync. Returns false when something that was due could not be read. Throws PassStopped last. */
export async function readAll(ctx: PassContext): Promise<boolean> {
  const stops: PassStopped[] = [];
  let whole = true;
  const people = ctx.sync.streams.includes('contacts');
  const news = people ? await readNews(ctx) : null;
  for (const stream of ctx.sync.streams) {
    if (stream === 'contacts') continue;
    whole = (await readNames(ctx, stream, stops)) && whole;
  }
  if (people) whole = (await readPeople(ctx, news)) && whole;
  if (stops[0] !== undefined) throw stops[0];
  return whole;
}

/** A listing of names that a guard does not believe stops the pass, but not before the people who left were read (I3). */
async function readNames(ctx: PassContext, stream: StreamName, stops: PassStopped[]): Promise<boolean> {
  try {
    let whole = false;
    const read = async (): Promise<void> => void (whole = await readListing(ctx, stream));
    return (await runChannel(ctx, stream, read)) === 'read' && whole;
  } catch (error) {
    if (!(error instanceof PassStopped)) throw error;
    stops.push(error);
    return false;
  }
}
