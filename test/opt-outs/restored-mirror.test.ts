/** A mirror put back from an older copy shows people as mailable who have opted out since: it is not the file we wrote. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Account, HOUR } from '../harness/account.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

function copies(folder: string): { keep: () => void; putBack: () => void } {
  const [file, copy] = [join(folder, 'app.db'), join(folder, 'older.db')];
  return {
    keep: () => copyFileSync(file, copy),
    putBack: () => {
      for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
      copyFileSync(copy, file);
    },
  };
}

describe('I1: an older copy of the mirror beside a newer store', () => {
  test('is noticed, and whoever opted out in between is out again after one pass', async () => {
    account = await Account.open();
    await account.sync();
    const { keep, putBack } = copies(account.folder);
    keep();
    const [id = ''] = account.people('explicit');
    account.pass(HOUR);
    account.world.mutate({ op: 'unsubscribe', contact_id: id });
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 1 });
    putBack();
    expect(account.permission(id)).toBe('explicit');
    account.pass(HOUR);
    const repaired = await account.sync();
    expect(repaired.messages.map((notice) => notice.code)).toContain('mirror-replaced');
    expect(account.permission(id)).toBe('unsubscribed');
    expectMirrorEqualsTruth(account);
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0, messages: [] });
  });

  test('a copy from after the last write is the mirror itself: nothing is read or written anew', async () => {
    account = await Account.open();
    await account.sync();
    const { keep, putBack } = copies(account.folder);
    account.pass(HOUR);
    keep();
    await account.sync();
    putBack();
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0, messages: [] });
  });
});
