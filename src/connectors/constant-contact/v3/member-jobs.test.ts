/** Jobs that change lists and tags: what is sent, and what is declared of it. */
import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../../../connector/wire.ts';
import { createMemberJobs } from './member-jobs.ts';

const ANN = '0f5c1a52-5a53-11ed-9b6a-0242ac120002';
const LIST = '1f5c1a52-5a53-11ed-9b6a-0242ac120002';
const signal = new AbortController().signal;

function jobs(body: unknown = { activity_id: 'job-1' }) {
  const sent: ApiRequest[] = [];
  const write = async (request: ApiRequest) => {
    sent.push(request);
    return { status: 201, body, sourceTime: 0 };
  };
  const made = createMemberJobs({ connection: 'cc', wire: { write } } as never);
  const job = (what: string, how: string) => {
    const found = made.find((one) => one.what === what && one.how === how);
    if (found === undefined) throw new Error('no such job');
    return found;
  };
  return { sent, job, made };
}

describe('a job', () => {
  test.each([
    ['lists', 'add', '/activities/add_list_memberships', 'list_ids'],
    ['lists', 'remove', '/activities/remove_list_memberships', 'list_ids'],
    ['tags', 'add', '/activities/contacts_taggings_add', 'tag_ids'],
    ['tags', 'remove', '/activities/contacts_taggings_remove', 'tag_ids'],
  ])('of %s to %s names people by their ids alone', async (what, how, path, targets) => {
    const { sent, job } = jobs();
    expect(await job(what, how).submit([ANN], [LIST], signal)).toBe('job-1');
    expect(sent).toEqual([{ method: 'POST', path, json: { source: { contact_ids: [ANN] }, [targets]: [LIST] } }]);
  });

  test('I18: of too many, of nobody, or of what is no id is not sent', async () => {
    const { sent, job } = jobs();
    const add = job('lists', 'add');
    const many = Array.from({ length: add.limits.people + 1 }, () => ANN);
    const lists = Array.from({ length: add.limits.targets + 1 }, () => LIST);
    const asked = [
      [many, [LIST]],
      [[], [LIST]],
      [[ANN], lists],
      [[ANN], []],
      [['../x'], [LIST]],
    ] as const;
    for (const [ids, targets] of asked) expect(() => add.submit(ids, targets, signal)).toThrow('what no job can do');
    expect(sent).toEqual([]);
    expect(add.limits.people).toBeLessThan(500);
  });

  test('I6: an answer without an id leaves its outcome unknown', async () => {
    const { job } = jobs({});
    await expect(job('lists', 'add').submit([ANN], [LIST], signal)).rejects.toMatchObject({
      errorClass: 'unknown_outcome',
    });
  });

  test('I1: only one that puts people on lists can bring anybody back, and says so', () => {
    const { made } = jobs();
    const raising = made.filter(({ effects }) => effects.known !== 'unchanged' || effects.relists);
    expect(raising.map(({ what, how }) => `${what} ${how}`)).toEqual(['lists add']);
    expect(raising[0]?.effects).toMatchObject({ known: 'raised', relists: true, newAddress: 'not-mailed' });
  });
});
