/** `simulate` at a door that somebody else has opened already. */
import { expect, test } from 'vitest';
import { startSimulators } from '../../simulators/main.ts';
import { main } from '../../src/cli/main.ts';
import { captureIo } from '../../src/testing/cli-io.ts';

test('a port that is taken is told as such, with what to do', async () => {
  const first = await startSimulators({ contacts: 1 });
  try {
    const { port } = new URL(first.ready.constantContact.v3);
    const { io, written } = captureIo();
    expect(await main(['simulate', '--port', port], io)).toBe(2);
    expect(written).toEqual({
      out: '',
      err: `error: Port ${port} or one of the two after it is taken by another program. Give another with --port, or none at all.\n`,
    });
  } finally {
    await first.close();
  }
});
