import { describe, expect, test } from 'vitest';
import { captureIo } from '../testing/cli-io.ts';
import { main } from './main.ts';
import { renderEvidence } from './render-evidence.ts';
import type { EvidenceFact, EvidencePage } from './evidence-results.ts';

const out: EvidenceFact = {
  seq: 3,
  hash: 'h3',
  forgottenAt: null,
  contactId: 'c1',
  address: 'this',
  medium: 'email',
  scope: 'all',
  sync: 'copy',
  side: 'primary',
  fact: 'out',
  channel: 'window',
  actor: 'person',
  at: '2026-11-20T10:00:00Z',
  readAt: Date.UTC(2026, 10, 20, 11),
  evidence: 'contact reading',
  run: 'run-1',
  liftedBy: [7],
};
const page: EvidencePage = {
  email: 'ann@example.org',
  madeAt: Date.UTC(2026, 10, 21),
  standing: [
    { medium: 'email', scope: 'all', stance: 'in', bySeq: 7 },
    { medium: 'email', scope: 'list:l1', stance: 'out', bySeq: 4 },
  ],
  lists: { l1: 'Gala' },
  people: [
    {
      sync: 'copy',
      contactId: 'c1',
      state: 'explicit',
      mailable: true,
      said: [{ at: Date.UTC(2026, 0, 1), event: 'opted in', by: 'source Contact' }],
    },
  ],
  facts: [
    out,
    { ...out, seq: 4, scope: 'list:l1', at: null, actor: 'account', address: 'another', liftedBy: [] },
    { ...out, seq: 7, fact: 'in', at: '2026-11-20T12:00:00Z', address: 'not told', liftedBy: [] },
  ],
  deeds: [
    {
      at: Date.UTC(2026, 10, 20, 11),
      sync: 'copy',
      contactId: 'c1',
      event: 'consent',
      rule: 'primary-wins',
      before: { permission_to_send: 'explicit' },
      after: { permission_to_send: 'unsubscribed' },
      evidence: 'window',
      run: 'run-1',
    },
  ],
  deedsLeftOut: false,
  ledger: { whole: true, facts: 1200, head: 'HEAD' },
};

describe('I19: the page of evidence', () => {
  test('says what stands by which fact and rule, who said what and when, what was done, and that the ledger is whole', () => {
    expect(renderEvidence(page)).toEqual([
      'Proof of consent for ann@example.org',
      'Made on 2026-11-21T00:00:00Z from what Concord was told. All times are UTC.',
      '',
      'What stands',
      '  all mail by email: opted in, by fact 7 (no opt-out stands, and somebody known opted in)',
      '  list "Gala" (l1) by email: opted out: is not mailed, by fact 4 (an opt-out that no later opt-in by somebody who may lift it has lifted stands)',
      '',
      'What the source keeps on the contact itself',
      '  copy: contact c1, explicit, may be mailed',
      '    opted in on 2026-01-01T00:00:00Z, source Contact',
      '',
      'What was said, in the order in which Concord heard it',
      '  3  opted out on 2026-11-20T10:00:00Z, by the person: all mail by email; lifted by fact 7',
      '     heard on 2026-11-20T11:00:00Z from the primary of copy, channel window, in run run-1; evidence: contact reading; contact c1',
      '  4  opted out at a time that the source did not say, by the account: list "Gala" (l1) by email',
      '     heard on 2026-11-20T11:00:00Z from the primary of copy, channel window, in run run-1; evidence: contact reading; contact c1, told under another address of the same contact',
      '  7  opted in on 2026-11-20T12:00:00Z, by the person: all mail by email',
      '     heard on 2026-11-20T11:00:00Z from the primary of copy, channel window, in run run-1; evidence: contact reading; contact c1, told without an address',
      '',
      'What Concord did',
      '  2026-11-20T11:00:00Z  consent in copy, contact c1: {"permission_to_send":"explicit"} -> {"permission_to_send":"unsubscribed"} (primary-wins, on window, run run-1)',
      '',
      'Whether the ledger is whole',
      '  Yes: all 1,200 facts about all people vouch for each other. The newest has the hash',
      '  HEAD. Whoever wrote down an earlier hash can find it in the ledger again.',
    ]);
  });

  test('a list whose name was never read is told by its id', () => {
    expect(renderEvidence({ ...page, lists: {} }).join('\n')).toContain('  list l1 by email: opted out');
  });

  test('says of a forgotten person that they were forgotten, and shows no name in their place', () => {
    const fact = { ...out, contactId: 'forgotten:abc', evidence: '', forgottenAt: Date.UTC(2026, 10, 22) };
    const text = renderEvidence({ ...page, facts: [fact] }).join('\n');
    expect(text).toContain('in run run-1; the person was forgotten on 2026-11-22T00:00:00Z');
    expect(text).not.toContain('forgotten:abc');
  });

  test('says that nothing is known, and that older deeds are left out', () => {
    const nothing = {
      ...page,
      people: [],
      facts: [],
      deeds: [],
      deedsLeftOut: true,
      ledger: { ...page.ledger, facts: 0 },
    };
    const text = renderEvidence(nothing).join('\n');
    for (const part of ['No contact.', 'Nothing.', 'Older entries are left out.', 'nothing was ever told'])
      expect(text).toContain(part);
  });

  test.each([
    ['changed', 'was changed'],
    ['missing', 'is missing'],
    ['inserted', 'was slipped in'],
  ] as const)('says of a ledger with a row %s that it is no proof', (kind, words) => {
    const broken = { ...page, ledger: { whole: false, facts: 9, broken: { kind, seq: 5 } } } as const;
    expect(renderEvidence(broken).at(-1)).toBe(`  No. Fact 5 of the ledger ${words}: this page is no proof.`);
  });
});

describe('the command', () => {
  const files = {
    '/work-here/concord.yaml': `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  one: { primary: cc, secondary: app, mode: mirror, streams: all }
`,
  };

  test.each([
    [true, 0],
    [false, 1],
  ] as const)('exits with the ledger: whole %s, exit %i', async (whole, exit) => {
    const ledger = whole ? page.ledger : ({ whole, facts: 9, broken: { kind: 'missing', seq: 5 } } as const);
    const { io, written } = captureIo({
      files,
      env: { CC_TOKEN: 'a-token-value' },
      application: { evidence: async (email) => ({ ...page, email, ledger }) },
    });
    expect(await main(['evidence', 'ann@example.org'], io)).toBe(exit);
    expect(written.out).toContain('Proof of consent for ann@example.org');
    expect(written.err).toBe(
      whole
        ? ''
        : 'error: The ledger is not as it was written: fact 5 is missing. Keep a copy of the store as it is, and put back a backup from before.\n',
    );
  });

  test('something that is no address is wrong usage', async () => {
    const { io, written } = captureIo({ files, env: { CC_TOKEN: 'a-token-value' } });
    expect(await main(['evidence', 'ann'], io)).toBe(2);
    expect(written.err).toContain('That is no email address.');
  });
});
