/** Bugs of the simulated CRM: one that is kinder than the vendor would let a client pass that harms people. */
import type { PlantedBug } from './planted-bug.ts';

const CRM = 'simulators/virtuous';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'crm-held-people-come-in-by-themselves',
    file: `${CRM}/crm/imports.ts`,
    find: 'if (crmAutoImport && isSure && isWanted)',
    replace: 'if (isSure && isWanted)',
    caughtBy: {
      file: `${CRM}/imports.test.ts`,
      test: 'by the settings of the organization: nothing is imported by itself',
    },
  },
  {
    name: 'crm-silence-is-an-opt-in',
    file: `${CRM}/crm/make.ts`,
    find: 'isOptedIn: isOptedIn ?? false',
    replace: 'isOptedIn: isOptedIn ?? true',
    caughtBy: { file: `${CRM}/people.test.ts`, test: 'about which nothing is said is no' },
  },
  {
    name: 'T29-crm-archived-people-stay-in-sight',
    file: `${CRM}/api/call.ts`,
    find: "return contact.archivedAt === null || switches.crmArchivedRead === 'readable';",
    replace: 'return true;',
    caughtBy: { file: `${CRM}/people.test.ts`, test: 'T29: that is archived is gone or readable' },
  },
  {
    name: 'I16-crm-keeps-what-happens-while-a-webhook-is-inactive',
    file: `${CRM}/crm/webhooks.ts`,
    find: 'if (!active || !flags[flag]) continue;',
    replace: 'if (!flags[flag]) continue;',
    caughtBy: { file: `${CRM}/webhooks.test.ts`, test: 'what happens while a webhook is inactive is lost' },
  },
  {
    name: 'I12-crm-forgets-refused-calls',
    file: `${CRM}/rate.ts`,
    find: 'if (!isTooMany || crmRefusedCount)',
    replace: 'if (!isTooMany)',
    caughtBy: { file: `${CRM}/access.test.ts`, test: 'of a sliding hour counts refused calls or not (true)' },
  },
  {
    name: 'T30-crm-undoes-a-merge-with-what-stood-before-it',
    file: `${CRM}/crm/merge.ts`,
    find: '...(methods.get(method.id) ?? method)',
    replace: '...method',
    caughtBy: { file: `${CRM}/operations.test.ts`, test: 'T29, T30: empties the one that is lost' },
  },
];
