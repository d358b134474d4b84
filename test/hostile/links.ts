/**
 * Door: the next link of a page, and the path of a request. Nothing in it may lead to another host, to another first
 * segment of the path, or to a user and password (C7).
 */
import { nextOf } from '../../src/connectors/constant-contact/v3/links.ts';
import { confineLink, parseBase, targetOf } from '../../src/http/url.ts';
import { ConnectorError } from '../../src/model/errors.ts';
import { type Door, type Json, member, promise, textOf } from './door.ts';
import { damageText, type Draw, json, text } from './draw.ts';

const BASES = ['https://api.cc.email/v3', 'https://api.cc.email', 'http://127.0.0.1:4010/v3/deeper'];
const LINKS = [
  '/v3/contacts?cursor=abc+1',
  '//evil.example/v3/contacts',
  '/\\evil.example',
  'https://evil.example/v3/contacts',
  'https://api.cc.email@evil.example/v3/x',
  'https://user:pass@api.cc.email/v3/x',
  'https://api.cc.email/v3/contacts?cursor=1',
  '/v3/../oauth/token',
  '/v3/%2e%2e/oauth',
  '/v3/..;/x',
  'javascript:alert(1)',
  '/v3/contacts#frag',
  'HTTPS://API.CC.EMAIL/v3/x',
  'https:/\\evil.example/v3',
  'https:///evil.example/v3',
  '\u2044\u2044evil.example/v3',
  '/v3\u3002\u3002/x',
  '/V3/contacts',
  '/v3evil/contacts',
];

export const links: Door = {
  name: 'links',
  weight: 15,
  make: (draw: Draw) => ({
    base: draw.pick(BASES),
    link: draw.chance(0.1) ? json(draw) : draw.chance(0.2) ? text(draw) : damageText(draw, draw.pick(LINKS)),
  }),
  open,
  refuses: (error) => error instanceof ConnectorError,
};

function open(input: Json): void {
  const base = parseBase(BASES.find((one) => one === member(input, 'base')) ?? BASES[0] ?? '');
  const link = member(input, 'link') ?? null;
  const next = nextOf({ _links: { next: { href: link } } });
  promise(next.kind !== 'last' || link === null, 'a link that is none was taken for the end');
  for (const given of next.kind === 'next' ? [next.link, textOf(link)] : [textOf(link)]) {
    confineLink(base, given);
    stays(base, () => targetOf(base, { method: 'GET', link: given }).url);
    stays(base, () => targetOf(base, { method: 'GET', path: given, query: { email: given } }).url);
  }
}

function stays(base: { readonly origin: string; readonly path: string }, make: () => string): void {
  let made: string;
  try {
    made = make();
  } catch (error) {
    if (error instanceof ConnectorError) return;
    throw error;
  }
  const url = new URL(made);
  const first = base.path.split('/')[1] ?? '';
  promise(url.origin === base.origin, 'a link left its host');
  promise(url.username === '' && url.password === '', 'a link brought a user of its own');
  promise(first === '' || url.pathname.startsWith(`/${first}/`), 'a link left its path');
}
