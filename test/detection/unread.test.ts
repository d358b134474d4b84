/** A text that is stored already is not read again; nothing else may be taken for it, and nobody met twice is new. */
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { showing, type Shown } from '../harness/between.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

function nameOf(id: string): string | null | undefined {
  return account.rows<{ first_name: string | null }>('SELECT first_name FROM contacts WHERE contact_id = ?', id)[0]
    ?.first_name;
}

async function done(): Promise<void> {
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
}

describe('texts that need no reading', () => {
  test('a change that only the complete walk shows is read', async () => {
    account = await Account.open();
    const [id = ''] = account.people('explicit');
    await done();
    account.pass(DAY);
    account.wrap = showing((people) =>
      people.map((one) => (one.contact_id === id ? { ...one, first_name: 'Silently' } : one)),
    );
    await done();
    expect(nameOf(id)).toBe('Silently');
  });

  test('there and back again: the very text of the first day, shown a day after an edit, is the record once more', async () => {
    account = await Account.open();
    const [id = ''] = account.people('explicit');
    const first = new Map<string, Shown>();
    account.wrap = showing((people) => {
      for (const one of people) if (!first.has(one.contact_id)) first.set(one.contact_id, one);
      return people;
    });
    await done();
    const before = nameOf(id);
    account.pass(HOUR);
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Edited' } });
    account.pass(HOUR);
    await done();
    expect(nameOf(id)).toBe('Edited');
    // A backup that was put back at the source: no new version, the old text.
    account.wrap = showing((people) => people.map((one) => first.get(one.contact_id) ?? one));
    account.pass(DAY);
    await done();
    expect(nameOf(id)).toBe(before);
  });

  test('a text that holds several records stands for none of them: all are seen, day after day', async () => {
    account = await Account.open();
    account.wrap = showing((people) =>
      people.map((one, at) => {
        const { contact_id, ...rest } = one;
        // The last is laid out as ever: a page that ends otherwise is parsed whole.
        return at % 2 === 0 || at === people.length - 1 ? one : { ...rest, contact_id };
      }),
    );
    for (let day = 0; day < 3; day += 1) {
      await done();
      account.pass(DAY);
    }
    expectMirrorEqualsTruth(account);
    const direct = account.simulators.requests.entries.filter(({ path }) => /^\/v3\/contacts\/[0-9a-f]{8}-/.test(path));
    expect(direct).toEqual([]);
  });

  test('T8: a first load that shows somebody twice, on two pages, has one row for them', async () => {
    account = await Account.open({ contacts: 1250 });
    const before: Shown[] = [];
    account.wrap = showing((people, url) => {
      const twice = url.includes('cursor=') ? before.slice(0, 5) : [];
      before.push(...people);
      return [...people, ...twice];
    });
    await done();
    expectMirrorEqualsTruth(account);
  });
});
