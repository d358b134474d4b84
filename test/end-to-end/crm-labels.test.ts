/** The whole program: lists of a simulated account are tags of a simulated organisation, made there by hand, and what is missing is told. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderStatus } from '../../src/cli/render-status.ts';
import type { PlanItem } from '../../src/cli/results.ts';
import { Account, DAY, HOUR } from '../harness/account.ts';

const SYNC = 'donors';
let account: Account;

beforeEach(async () => {
  account = await Account.open({ contacts: 40, crm: { contacts: 20, shared: 30 }, syncs: '' });
  const { url, token } = account.simulators.ready.virtuous;
  const crm = `  crm: { connector: virtuous, baseUrl: "${url}", auth: { apiKey: ${token} } }\n  app:`;
  account.configText = `${account.configText.replace('  app:', crm)}
  ${SYNC}:
    primary: cc
    secondary: crm
    consent: { direction: two-way }
    lists: { as: tag, prefix: "CC: " }
    tags: { as: field, field: "Subscriber Status" }
`;
  for (const { id, lists, tags } of account.world.state.people.values()) {
    for (const list of lists) account.world.mutate({ op: 'leaveList', contact_id: id, list_id: list });
    for (const tag of tags) account.world.mutate({ op: 'untag', contact_id: id, tag_id: tag });
  }
});
afterEach(() => account.close());

/** Nobody made a tag of ours yet. */
beforeEach(() => {
  const ours = [...account.world.crm.state.tags.values()].filter(({ name }) => name.startsWith('CC: '));
  for (const { id } of ours) account.world.mutate({ op: 'crmDeleteTag', tag_id: id });
});

const pass = () => account.sync(SYNC);
const lists = () => [...account.world.state.lists.values()].filter(({ deletedAt }) => deletedAt === null);
const makeTag = (name: string) => account.world.mutate({ op: 'crmCreateTag', name });

/** Somebody mailable of the account who lives in the CRM too. */
async function ann(): Promise<{ readonly id: string; readonly email: string }> {
  for (const { id, email, deletedAt } of account.world.state.people.values()) {
    if (deletedAt !== null || !['explicit', 'implicit'].includes(email?.permission ?? '')) continue;
    if ((await truthOf(email?.address ?? '')).includes('"isOptedIn":true')) return { id, email: email?.address ?? '' };
  }
  throw new Error('nobody in both');
}

/** The names of the tags that somebody's household bears, by the CRM's own truth. */
async function tagsOf(email: string): Promise<readonly string[]> {
  const { contact } = JSON.parse(await truthOf(email)) as { contact: { tags: readonly { tagId: number }[] } };
  return contact.tags.map(({ tagId }) => account.world.crm.state.tags.get(tagId)?.name ?? '').sort();
}

async function truthOf(email: string): Promise<string> {
  const { control } = account.simulators.ready;
  return (await fetch(`${control}/truth?crm_email=${encodeURIComponent(email)}`)).text();
}

async function* each(items: readonly PlanItem[]): AsyncGenerator<PlanItem> {
  yield* items;
}
const lineOf = (items: readonly PlanItem[], id: string) => items.find((item) => item.kind === 'line' && item.id === id);

describe('lists and tags of the account in the CRM', () => {
  test('a missing tag is told by check, plan, sync and status; made by hand it begins to work; then it is quiet', async () => {
    const [news, events] = lists();
    if (news === undefined || events === undefined) throw new Error('too few lists');
    for (const { name, id } of lists()) if (id !== events.id) makeTag(`CC: ${name}`);
    const someone = await ann();
    await pass();
    const tag = [...account.world.state.tags.values()][0];
    account.world.mutate([
      { op: 'joinList', contact_id: someone.id, list_id: news.id },
      { op: 'joinList', contact_id: someone.id, list_id: events.id },
      { op: 'tag', contact_id: someone.id, tag_id: tag?.id ?? '' },
    ]);
    account.pass(DAY);

    const told = { code: 'crm-labels-to-do', facts: { count: 1, missing: `"CC: ${events.name}"` } };
    const plan = await account.plan(SYNC);
    expect(lineOf(plan, someone.id)).toMatchObject({
      changes: expect.arrayContaining([
        { field: 'tags', before: expect.any(Array), after: expect.arrayContaining([`CC: ${news.name}`]) },
        expect.objectContaining({ field: 'Subscriber Status', after: tag?.name }),
      ]),
    });
    expect(plan.at(-1)).toMatchObject({ messages: [told] });
    const done = await pass();
    expect(done).toMatchObject({ outcome: 'done', applied: 1, parked: 0, conflicts: 0 });
    expect(done.messages).toMatchObject([told]);
    const application = await account.start();
    const status = await application.status();
    const todo = { code: 'crm-label-missing', facts: { name: `CC: ${events.name}`, connection: 'crm' } };
    expect(status.syncs[0]).toMatchObject({ safe: true, toDo: [todo] });
    expect(renderStatus(status).join('\n')).toContain(`to do: Make a tag called "CC: ${events.name}" in crm`);
    const steps = await Array.fromAsync(application.check(account.call()));
    expect(steps.find(({ step, subject }) => step === 'schema' && subject === SYNC)).toMatchObject({
      verdict: 'warning',
      messages: [todo],
    });
    expect(await tagsOf(someone.email)).toContain(`CC: ${news.name}`);

    makeTag(`CC: ${events.name}`);
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', applied: 1, messages: [] });
    expect(await tagsOf(someone.email)).toContain(`CC: ${events.name}`);
    for (let n = 0; n < 2; n += 1) {
      account.pass(DAY);
      expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0 });
    }
    account.pass(HOUR);
    const verified = await account.verify(SYNC);
    expect(verified.at(-1)).toMatchObject({ kind: 'summary', outcome: 'done' });
    expect(verified.filter((item) => item.kind === 'difference' && item.id === someone.id)).toEqual([]);
    const story = await (await account.start()).why(someone.email, news.name);
    expect(story.people[0]).toMatchObject({ list: { member: true } });
    expect(JSON.stringify(story.people[0]?.events)).toContain(`CC: ${events.name}`);
  });

  test('T24: whoever leaves one list loses its tag and nothing else; a saved plan carries exactly that', async () => {
    for (const { name } of lists()) makeTag(`CC: ${name}`);
    const [news, events] = lists();
    if (news === undefined || events === undefined) throw new Error('too few lists');
    const someone = await ann();
    for (const { id } of [news, events]) account.world.mutate({ op: 'joinList', contact_id: someone.id, list_id: id });
    await pass();
    account.world.mutate({ op: 'leaveList', contact_id: someone.id, list_id: news.id });
    account.pass(DAY);
    const plan = await account.plan(SYNC);
    const application = await account.start();
    const items = await Array.fromAsync(application.apply(SYNC, () => each(plan), account.call()));
    await account.stop();
    expect(items.at(-1)).toMatchObject({ kind: 'result', result: { outcome: 'done', applied: 1 } });
    expect((await tagsOf(someone.email)).filter((name) => name.startsWith('CC: '))).toEqual([`CC: ${events.name}`]);
    expect(await truthOf(someone.email)).toContain('"isOptedIn":true');
    expect(account.world.state.people.get(someone.id)?.lists).toEqual([events.id]);
    const story = await (await account.start()).why(someone.email, news.name);
    expect(story.people[0]?.list).toMatchObject({ member: false, because: { code: 'list-left' } });
  });

  test('both ways: a tag that is given or taken in the CRM is a list joined or left, but for whoever had left it themselves', async () => {
    account.configText = account.configText.replace('prefix: "CC: " }', 'prefix: "CC: ", direction: two-way }');
    for (const { name } of lists()) makeTag(`CC: ${name}`);
    const [news, events] = lists();
    if (news === undefined || events === undefined) throw new Error('too few lists');
    const tagOf = (name: string) =>
      [...account.world.crm.state.tags.values()].find((tag) => tag.name === `CC: ${name}`)?.id ?? 0;
    const someone = await ann();
    const on = () => account.world.state.people.get(someone.id)?.lists ?? [];
    await pass();
    account.pass(HOUR);
    const contact = { email: someone.email };
    account.world.mutate({ op: 'crmTag', contact, tag_id: tagOf(news.name) });
    account.pass(DAY);
    expect(lineOf(await account.plan(SYNC), someone.id)).toMatchObject({
      reason: 'edited-in-crm',
      changes: [{ field: 'list_memberships', before: [], after: [news.id] }],
    });
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0, conflicts: 0 });
    expect(on()).toEqual([news.id]);
    account.pass(DAY);
    expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0 });
    account.world.mutate({ op: 'crmUntag', contact, tag_id: tagOf(news.name) });
    account.pass(DAY);
    await pass();
    expect(on()).toEqual([]);
    account.world.mutate({ op: 'joinList', contact_id: someone.id, list_id: events.id });
    account.pass(DAY);
    await pass();
    account.world.mutate({ op: 'leaveList', contact_id: someone.id, list_id: events.id });
    account.pass(DAY);
    await pass();
    account.world.mutate({ op: 'crmTag', contact, tag_id: tagOf(events.name) });
    for (let n = 0; n < 2; n += 1) {
      account.pass(DAY);
      expect(await pass()).toMatchObject({ outcome: 'done', parked: 0 });
    }
    expect(on()).toEqual([]);
  });

  test('T33: a tag that stays for another of the household is shown by plan, kept by apply, and told by why', async () => {
    account.configText = account.configText.replace(
      '    consent: { direction: two-way }',
      '    contacts: { create: never }\n    consent: { direction: two-way }',
    );
    for (const { name } of lists()) makeTag(`CC: ${name}`);
    const [news] = lists();
    const someone = await ann();
    const mailable = [...account.world.state.people.values()].filter(
      ({ deletedAt, email }) => deletedAt === null && email?.permission === 'explicit',
    );
    const known = await Promise.all(mailable.map(({ email }) => truthOf(email?.address ?? '')));
    const other = mailable.find((_, at) => known[at]?.includes('isOptedIn') === false);
    const address = other?.email?.address;
    if (news === undefined || other === undefined || address === undefined) throw new Error('too few');
    const individual = {
      firstName: 'Bo',
      lastName: 'Other',
      methods: [{ type: 'Home Email', value: address, isOptedIn: true }],
    };
    account.world.mutate([
      { op: 'crmAddIndividual', contact: { email: someone.email }, individual },
      { op: 'joinList', contact_id: someone.id, list_id: news.id },
      { op: 'joinList', contact_id: other.id, list_id: news.id },
    ]);
    await pass();
    account.world.mutate({ op: 'leaveList', contact_id: someone.id, list_id: news.id });
    account.pass(DAY);
    const plan = await account.plan(SYNC);
    const kept = [`CC: ${news.name}`];
    expect(lineOf(plan, someone.id)).toMatchObject({
      action: 'adopt',
      reason: 'kept-for-others',
      changes: [{ field: 'tags kept for others', before: kept, after: kept }],
    });
    const application = await account.start();
    const items = await Array.fromAsync(application.apply(SYNC, () => each(plan), account.call()));
    const story = await application.why(someone.email, null);
    await account.stop();
    expect(items).toMatchObject([{ kind: 'result', result: { outcome: 'done', applied: 0 } }]);
    expect(story.people[0]?.events).toContainEqual(
      expect.objectContaining({ event: 'kept', rule: 'crm:kept-for-others', after: { tags: kept } }),
    );
    expect(await tagsOf(someone.email)).toContain(kept[0]);
  });
});
