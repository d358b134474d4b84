/**
 * Lets an act happen at the CRM's own screen. What the CRM does not allow does not happen. Must never look at Concord's store.
 */
import type { WorldHandle } from '../../../simulators/control/handle.ts';
import type { CrmOperationInput } from '../../../simulators/virtuous/operations.ts';
import { MutationError } from '../../../simulators/world/mutate/operations.ts';
import { personAt } from '../act.ts';
import type { CrmAct } from './both-history.ts';

/** Performs an act; tells whether anything happened. */
export function performAtCrm(act: CrmAct, world: WorldHandle): boolean {
  const before = world.state.changes.length;
  for (const operation of operationsOf(act, world)) {
    try {
      world.mutate(operation);
    } catch (error) {
      if (!(error instanceof MutationError)) throw error;
    }
  }
  return world.state.changes.length > before;
}

function operationsOf(act: CrmAct, world: WorldHandle): readonly CrmOperationInput[] {
  if (act.do === 'crm-import') return [{ op: 'crmRunImport', bundle: true }];
  if (!('who' in act)) return many(act, world);
  const value = addressAt(world, act.who);
  if (value === null) return [];
  const contact = { email: value };
  switch (act.do) {
    case 'crm-out':
      return [{ op: 'crmOptOut', contact, value }];
    case 'crm-in':
      return [{ op: 'crmOptIn', contact, value }];
    case 'crm-archive':
      return [{ op: 'crmArchive', contact, reason: 'moved away' }];
    case 'crm-unarchive':
      return [{ op: 'crmUnarchive', contact }];
    case 'crm-unmerge':
      return mergedInto(world, value).map((id) => ({ op: 'crmUnmerge', contact: id }));
    case 'crm-remove':
      return [{ op: 'crmRemoveMethod', contact, value }];
    case 'crm-note':
      return [{ op: 'crmNote', contact, note: 'Called about the gala.' }];
    case 'crm-rename':
      return [{ op: 'crmRename', contact, firstName: `Staff ${act.n}` }];
    case 'crm-field':
      return [{ op: 'crmSetField', contact, name: 'Favorite Program', value: act.n % 2 === 0 ? 'Shelter' : 'School' }];
    case 'crm-address':
      return [{ op: 'crmChangeValue', contact, value, to: `crm.${act.n}@example.org` }];
    case 'crm-tag':
      return [{ op: 'crmTag', contact, tag_id: 5 + (act.n % 4) }];
    case 'crm-second': {
      const method = { type: 'Work Email', value: `second.${act.n}@example.org`, isOptedIn: act.on };
      return [{ op: 'crmAddMethod', contact, method }];
    }
    case 'crm-double':
    case 'crm-spouse': {
      const individual = { firstName: 'Double', lastName: 'Entry', methods: [{ value, isOptedIn: act.on }] };
      if (act.do === 'crm-spouse') return [{ op: 'crmAddIndividual', contact, individual }];
      return [{ op: 'crmCreateContact', individuals: [{ ...individual, firstName: `Double ${act.n}` }] }];
    }
    case 'crm-merge': {
      const other = addressAt(world, act.with);
      return other === null || other === value ? [] : [{ op: 'crmMerge', contact: { email: other }, into: contact }];
    }
  }
}

function many(act: { readonly do: 'crm-out-many' | 'crm-in-many'; readonly n: number }, world: WorldHandle) {
  const op = act.do === 'crm-out-many' ? ('crmOptOut' as const) : ('crmOptIn' as const);
  return Array.from({ length: act.n }, (_, who) => addressAt(world, who)).flatMap((value) =>
    value === null ? [] : [{ op, contact: { email: value }, value }],
  );
}

function addressAt(world: WorldHandle, who: number): string | null {
  return personAt(world, who)?.email?.address ?? null;
}

/** Contacts that were merged into the one with this address. */
function mergedInto(world: WorldHandle, value: string): readonly number[] {
  const { contacts, index } = world.crm.state;
  const winners = new Set(index.withValue(value));
  const lost = [...contacts.values()].filter(({ mergedInto: into }) => into !== null && winners.has(into));
  return lost.slice(0, 1).map(({ id }) => id);
}
