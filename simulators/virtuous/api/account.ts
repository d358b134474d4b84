/** account: the organization and the rights of whoever asks (virtuous-crm §1). */
import { ORGANIZATION } from '../crm/crm.ts';
import { ZONE } from '../crm/zone.ts';
import type { Reply } from './answer.ts';

const SEEN = {
  organizationUserId: ORGANIZATION.organizationUserId,
  organizationName: ORGANIZATION.name,
  organizationTimeZone: ZONE.name,
  organizationCulture: 'en-US',
} as const;
const RIGHTS = { isAdministrator: false, isEnabled: true } as const;

const MODULES = ['Contact', 'ContactIndividual', 'ContactNote', 'Tag', 'Webhook', 'Gift'] as const;
const ACTIONS = ['View', 'Create', 'Update', 'Delete'] as const;

/** Answers `GET /api/Organization`. */
export function listOrganizations(): Reply {
  return { status: 200, body: [{ ...SEEN, ...RIGHTS }] };
}

/** Answers `GET /api/Organization/Current`: the cheapest check of a credential. */
export function currentOrganization(): Reply {
  return { status: 200, body: { ...SEEN, currentUserTimeZone: ZONE.name, ...RIGHTS } };
}

/** Answers `GET /api/Permission`. */
export function listPermissions(): Reply {
  const body = MODULES.flatMap((module) =>
    ACTIONS.map((action) => ({ module, action, allowed: module !== 'Gift' || action === 'View' })),
  );
  return { status: 200, body };
}
