/**
 * The process's own streams as an Io speaks of them.
 *
 * Decides that a reader who leaves (`concord plan | head`) ends the program quietly, and that a slow one slows it down.
 */
import type { Writable } from 'node:stream';
import type { TextStream } from './io.ts';

/** Wraps a stream; `onGone` is called when nobody reads it any more. */
export function wrapStream(stream: Writable & { readonly isTTY?: boolean }, onGone: () => void): TextStream {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onGone();
  });
  return {
    isTTY: stream.isTTY === true,
    write: (text) =>
      new Promise((resolve) => {
        // An error also reaches the listener above; whoever writes need not know.
        stream.write(text, () => resolve());
      }),
  };
}

const MOST_INPUT = 16_384;

/** Reads a stream to its end, or to the most that a token may have; what is beyond is not waited for. */
export async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.toString();
    if (text.length > MOST_INPUT) break;
  }
  return text;
}
