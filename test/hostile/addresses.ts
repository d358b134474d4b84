/**
 * Door: an address as anybody may have typed it. Its key must be the key of itself, or two rows of one person would each
 * be somebody else; and no mask may show the address (I20).
 */
import { maskAddress, matchKey } from '../../src/model/address.ts';
import { type Door, type Json, promise, textOf } from './door.ts';
import { damageText, type Draw, text } from './draw.ts';

const ADDRESSES = [
  'ann@example.org',
  'Ann.O+x@EXAMPLE.org',
  '"a b"@example.org',
  'ann@münchen.example',
  'ann@xn--mnchen-3ya.example',
  'ann@[127.0.0.1]',
  'ann@例え.テスト',
  'a@b@example.org',
  'ann@exa\u00admple.org',
  '\u200eann@example.org\u200f',
  'İnci@example.org',
  'ann@０ｘ７ｆ.example',
];

export const addresses: Door = {
  name: 'addresses',
  weight: 15,
  make: (draw: Draw) => (draw.chance(0.2) ? text(draw) : damageText(draw, draw.pick(ADDRESSES))),
  open,
  refuses: () => false,
};

function open(input: Json): void {
  const address = textOf(input);
  const key = matchKey(address);
  if (key !== null) {
    promise(matchKey(key) === key, 'the key of a key is another');
    promise(key.includes('@') && !/[\p{Cc}A-Z]/u.test(key.slice(key.lastIndexOf('@'))), 'a key is no plain text');
  }
  const mask = maskAddress(address);
  promise(/^([a-z0-9]?\*\*\*@\*\*\*(\.[a-z0-9-]+)?|\*\*\*)$/.test(mask), 'a mask shows more than it may');
}
