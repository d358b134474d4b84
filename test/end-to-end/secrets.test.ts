/** I20: the token nowhere, addresses only where they were asked for, and every file its owner's alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { configText, Folder, TOKEN, type Ran } from './program.ts';

let simulators: Simulators;
let folder: Folder;
const said: { readonly command: string; readonly text: string }[] = [];

beforeAll(async () => {
  simulators = await startSimulators({ contacts: 60, seed: 7, quota: null, token: TOKEN });
  folder = new Folder();
  folder.write('concord.yaml', configText(simulators.ready.constantContact.v3));
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await simulators.close();
});

/** Runs a command and keeps what it said. */
async function say(...args: readonly string[]): Promise<Ran> {
  const ran = await folder.run(...args);
  said.push({ command: args.join(' '), text: ran.out + ran.err });
  return ran;
}

/** Every form in which a secret could lie in a file. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const plain = [secret, encodeURIComponent(secret), bytes.toString('hex'), JSON.stringify(secret).slice(1, -1)];
  // In base64 a text looks different at each of three places; the first and last letters depend on its neighbours.
  const base64 = [0, 1, 2].map((lead) =>
    Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const wide = Buffer.from(secret, 'utf16le');
  return [...new Set([...plain, bytes.toString('hex').toUpperCase(), ...base64, ...url])]
    .map((text) => Buffer.from(text))
    .concat(wide);
}

function holdsAny(bytes: Buffer, forms: readonly Buffer[]): boolean {
  return forms.some((form) => bytes.includes(form));
}

test('a life of commands, good and bad, shows the token nowhere and addresses only where they were asked for', async () => {
  const addresses = [...simulators.world.contacts()].flatMap((truth) => {
    const email = truth['email_address'] as { address: string } | undefined;
    return email === undefined ? [] : [email.address];
  });
  await say('check', '--verbose');
  await say('sync', '--verbose');
  simulators.world.mutate([
    { op: 'bulkUnsubscribe', n: 3, how: 'contact' },
    { op: 'bulkDelete', n: 2 },
  ]);
  await say('sync', '--json', '--verbose');
  await say('status');
  await say('status', '--json');
  await say('verify', '--verbose');
  simulators.world.faults.set([{ kind: 'status', status: 400, match: { path: '/v3/contacts' } }]);
  await say('sync', '--verbose');
  simulators.world.faults.set([
    { kind: 'html', match: { path: '/v3/contact_lists' } },
    { kind: 'status', status: 401, match: { path: '/v3/contacts' } },
  ]);
  await say('check', '--verbose', '--json');
  simulators.world.faults.set([]);
  simulators.world.mutate([
    { op: 'bulkUnsubscribe', n: 2, how: 'account' },
    { op: 'bulkCreate', n: 2 },
  ]);
  const plan = await say('plan', '--out', 'saved.plan', '--quiet');
  expect(plan.exit).toBe(4);
  for (const { command, text } of said) {
    expect(holdsAny(Buffer.from(text), formsOf(TOKEN)), `the token in \`${command}\``).toBe(false);
    if (command.startsWith('plan')) continue;
    expect(
      addresses.filter((address) => text.toLowerCase().includes(address.toLowerCase())),
      command,
    ).toEqual([]);
  }
});

test('no file that was written holds the token, in whatever form', () => {
  const forms = formsOf(TOKEN);
  expect(holdsAny(Buffer.from(`{"a":"${TOKEN}"}`), forms), 'the search itself finds it').toBe(true);
  expect(holdsAny(Buffer.from(Buffer.from(`x${TOKEN}y`).toString('base64')), forms)).toBe(true);
  const names = readdirSync(folder.path);
  expect(names).toEqual(expect.arrayContaining(['app.db', 'concord.db', 'concord.yaml', 'saved.plan']));
  for (const name of names) expect(holdsAny(readFileSync(join(folder.path, name)), forms), name).toBe(false);
});

test('store, mirror and plan file are readable by their owner alone', () => {
  const written = readdirSync(folder.path).filter((name) => name !== 'concord.yaml');
  expect(written.map((name) => [name, folder.mode(name)])).toEqual(written.map((name) => [name, 0o600]));
});
