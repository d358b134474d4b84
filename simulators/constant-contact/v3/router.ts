/**
 * router: which call a V3 path is, and who may make it.
 *
 * Order of refusal: token 401 and quota 429, unknown path 404, method 405, scope or privilege 403, then the call itself. What a call
 * changes is logged in its name.
 */
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Access } from '../oauth/grants.ts';
import { ACCOUNT_ROUTES } from './account.ts';
import type { RawBody } from './body.ts';
import type { Call, Route } from './call.ts';
import { CONTACT_ROUTES } from './contacts.ts';
import { ACTIVITY_ROUTES } from './activities.ts';
import { COUNT_ROUTES } from './counts.ts';
import type { CursorBook } from './cursor.ts';
import { FIELD_ROUTES } from './custom-fields.ts';
import { DELETE_ACTIVITY_ROUTES } from './delete-activities.ts';
import { EMAIL_ROUTES } from './emails.ts';
import { LIST_ROUTES } from './lists.ts';
import { IMPORT_ROUTES } from './import-activities.ts';
import { MEMBER_ACTIVITY_ROUTES } from './member-activities.ts';
import { splitQuery } from './query.ts';
import { REPORT_ROUTES } from './reports.ts';
import { SEGMENT_ROUTES } from './segments.ts';
import { TAG_ROUTES } from './tags.ts';
import { CATALOGUE_WRITES } from './write-catalogue.ts';
import { CONTACT_WRITES } from './write-contacts.ts';

export const V3_PATH = '/v3';

/** All calls; a fixed path stands before one with an id in the same place. */
const ROUTES: readonly Route[] = [
  ...COUNT_ROUTES,
  ...CONTACT_WRITES,
  ...CONTACT_ROUTES,
  ...LIST_ROUTES,
  ...TAG_ROUTES,
  ...FIELD_ROUTES,
  ...SEGMENT_ROUTES,
  ...EMAIL_ROUTES,
  ...REPORT_ROUTES,
  ...ACCOUNT_ROUTES,
  ...CATALOGUE_WRITES,
  ...DELETE_ACTIVITY_ROUTES,
  ...MEMBER_ACTIVITY_ROUTES,
  ...IMPORT_ROUTES,
  ...ACTIVITY_ROUTES,
];

const PATTERNS = ROUTES.map((route) => ({
  route,
  method: route.method ?? 'GET',
  pattern: new RegExp(`^${V3_PATH}${route.path.replace('{id}', '([^/]+)')}$`),
}));

export interface Found {
  readonly route: Route;
  readonly id: string;
  readonly path: string;
}

/** Finds the call that a method and a path are; null where V3 has none. */
export function findRoute(method: string, path: string): Found | null {
  for (const one of PATTERNS) {
    const match = one.method === method ? one.pattern.exec(path) : null;
    if (match !== null) return { route: one.route, id: safeDecode(match[1] ?? ''), path };
  }
  return null;
}

/** Tells whether V3 has a path, by any method. */
export function isKnownPath(path: string): boolean {
  return PATTERNS.some(({ pattern }) => pattern.test(path));
}

/** Refuses a call that the token's scopes or the user's privileges do not allow. */
export function checkRights(world: World, route: Route, access: Access): void {
  const hasScopes = route.scopes.every((scope) => access.scopes.includes(scope));
  const hasPrivilege = route.privilege === null || world.privileges.some((one) => one.name === route.privilege);
  if (!hasScopes || !hasPrivilege) throw new Refusal(403, 'forbidden', 'Forbidden', route.form);
}

/** Carries out a call. */
export function answerV3(
  world: World,
  cursors: CursorBook,
  found: Found,
  more: { readonly search: string; readonly body: RawBody; readonly staleSince: number | null },
): Reply {
  const { route, id, path } = found;
  const { search, body, staleSince } = more;
  const raw = splitQuery(search, route.form, route.mayRepeat);
  const call: Call = { world, cursors, raw, body, id, path, form: route.form, staleSince };
  return world.actAs({ actor: 'api', call: `${route.method ?? 'GET'} ${route.path}` }, () => route.handle(call));
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
