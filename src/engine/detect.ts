/**
 * detect: reads the primary into the store, stream by stream.
 *
 * Names come before people, so that a contact's lists and tags exist when it is written. One stream that cannot be read
 * never stops the others. Must never write to the secondary, a first load's append excepted (the lane's own).
 */
import { runChannel } from './channels.ts';
import type { StreamName } from '../model/record.ts';
import { PassStopped, type PassContext } from './context.ts';
import { readListing } from './listings.ts';
import { readPeople } from './people.ts';

/** Reads all streams of the sync. Returns false when something that was due could not be read. Throws PassStopped last. */
export async function readAll(ctx: PassContext): Promise<boolean> {
  const stops: PassStopped[] = [];
  let whole = true;
  for (const stream of ctx.sync.streams) {
    if (stream === 'contacts') continue;
    whole = (await readNames(ctx, stream, stops)) && whole;
  }
  if (ctx.sync.streams.includes('contacts')) whole = (await readPeople(ctx)) && whole;
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
