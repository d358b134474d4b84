/** C3: what is sealed opens with its key in its place, and nowhere else. */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MasterKeyRefused } from '../model/errors.ts';
import { drawDataKey, unwrapDataKey } from './data-key.ts';
import { drawMasterKey, parseMasterKey } from './master-key.ts';
import { open, seal, SealBroken } from './seal.ts';
import type { Place } from './seal.ts';

const entropy = { bytes: (count: number) => randomBytes(count) };
const master = () => parseMasterKey(drawMasterKey(entropy));
const PLACE: Place = ['default', 'sign_ins', 'sealed', 'cc', 1];

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof MasterKeyRefused) return error.code;
    throw error;
  }
  return 'none';
}

describe('C3: a sealed value', () => {
  const { key } = master();

  test('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (plain) => {
        expect(Buffer.compare(open(key, seal(key, plain, PLACE, entropy), PLACE), plain)).toBe(0);
      }),
    );
  });

  test('opens in no other place: not another tenant, table, column, row, or a row that reads alike', () => {
    const sealed = seal(key, Buffer.from('token'), PLACE, entropy);
    const others: Place[] = [
      ['other', 'sign_ins', 'sealed', 'cc', 1],
      ['default', 'data_keys', 'sealed', 'cc', 1],
      ['default', 'sign_ins', 'wrapped', 'cc', 1],
      ['default', 'sign_ins', 'sealed', 'dd', 1],
      ['default', 'sign_ins', 'sealed', 'cc', 2],
      ['default', 'sign_ins', 'sealed', 'cc', '1'],
      ['default', 'sign_ins', 'sealed', 'cc'],
    ];
    for (const other of others) expect(() => open(key, sealed, other)).toThrow(SealBroken);
  });

  test('opens with no other key, and not after any single bit was changed', () => {
    const sealed = seal(key, Buffer.from('token'), PLACE, entropy);
    expect(() => open(master().key, sealed, PLACE)).toThrow(SealBroken);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => open(key, changed, PLACE), `bit ${bit}`).toThrow(SealBroken);
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => open(key, sealed.subarray(0, length), PLACE), `cut to ${length}`).toThrow(SealBroken);
  });

  test('never looks the same twice: each has a nonce of its own', () => {
    const seals = Array.from({ length: 200 }, () => Buffer.from(seal(key, Buffer.from('token'), PLACE, entropy)));
    expect(new Set(seals.map((one) => one.subarray(1, 13).toString('hex'))).size).toBe(200);
  });
});

describe('C3: a master key', () => {
  const hex = 'ab'.repeat(32);

  test('is read from base64, base64url and hex, with a line end, and has the same name in each', () => {
    const bytes = Buffer.from(hex, 'hex');
    const forms = [hex, hex.toUpperCase(), `${bytes.toString('base64')}\r\n`, ` ${bytes.toString('base64url')}\n`];
    expect(new Set(forms.map((text) => parseMasterKey(text).id)).size).toBe(1);
    expect(parseMasterKey('cd'.repeat(32)).id).not.toBe(parseMasterKey(hex).id);
  });

  test.each(['', 'too short', 'ab'.repeat(31), 'ab'.repeat(33), 'ä'.repeat(43), `${'A'.repeat(42)} B`])(
    'is not `%s`',
    (text) => {
      expect(refusalOf(() => parseMasterKey(text))).toBe('not-a-key');
    },
  );

  test('shows nothing of itself', () => {
    const key = parseMasterKey(hex);
    expect(`${inspect(key, { depth: 9, showHidden: true })}${JSON.stringify(key)}`).not.toMatch(/abab|q6ur/u);
  });
});

describe('C3: a data key', () => {
  test('opens with the master key that wrapped it, among several, and what it sealed opens again', () => {
    const [one, two] = [master(), master()];
    const { key, wrapped } = drawDataKey('default', 'key-1', two, entropy);
    const again = unwrapDataKey('default', wrapped, [one, two]);
    expect(open(again.key, seal(key.key, Buffer.from('token'), PLACE, entropy), PLACE).toString()).toBe('token');
  });

  test('is refused without its master key, which is told from a broken one', () => {
    const { wrapped } = drawDataKey('default', 'key-1', master(), entropy);
    expect(refusalOf(() => unwrapDataKey('default', wrapped, [master()]))).toBe('another-key');
  });

  test('is one tenant’s and one row’s alone', () => {
    const key = master();
    const { wrapped } = drawDataKey('north', 'key-1', key, entropy);
    expect(() => unwrapDataKey('south', wrapped, [key])).toThrow(SealBroken);
    expect(() => unwrapDataKey('north', { ...wrapped, keyId: 'key-2' }, [key])).toThrow(SealBroken);
  });
});
