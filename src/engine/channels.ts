/**
 * channels: runs each way of reading by itself, so that one that is dead, refused or lying never takes the others along.
 *
 * Decides which failures end the pass (a spent quota, rejected credentials, a lost lease, a stop, an interruption) and
 * which only cost this channel. Must never swallow a failure without a warning.
 */
import { type ConnectorError, isErrorOf } from '../model/errors.ts';
import { PassCut, warn, type PassContext } from './context.ts';

/** Where this many channels in a row find no connection, the others would only wait as long. */
const GIVE_UP_AFTER = 3;

export type ChannelResult = 'read' | 'refused' | 'down';

/** Runs one channel. `refused`: this door is shut on this account; `down`: it answered badly this time. */
export async function runChannel(
  ctx: PassContext,
  channel: string,
  read: () => Promise<unknown>,
): Promise<ChannelResult> {
  try {
    await read();
    ctx.health.unreachable = 0;
    return 'read';
  } catch (error) {
    if (isErrorOf(error, 'forbidden', 'refused_request', 'not_found')) {
      if (error.errorClass === 'not_found') ctx.health.deniesWhatExists = true;
      warn(ctx, 'channel-refused', {
        channel,
        status: error.facts.status ?? null,
        vendorKey: error.facts.vendorKey ?? null,
      });
      return 'refused';
    }
    if (isErrorOf(error, 'unavailable', 'not_ready', 'throttled', 'cursor_gone', 'unknown_outcome')) {
      if (isUnreachable(error) && (ctx.health.unreachable += 1) >= GIVE_UP_AFTER) throw error;
      warn(ctx, 'channel-down', { channel, status: error.facts.status ?? null, code: error.code });
      return 'down';
    }
    if (error instanceof PassCut) {
      warn(ctx, error.code, error.facts);
      return 'down';
    }
    throw error;
  }
}

/** No connection at all, as far as this request tells. */
function isUnreachable(error: ConnectorError): boolean {
  return ['SOURCE_REFUSED', 'SOURCE_DNS', 'SOURCE_TLS'].includes(error.code);
}
