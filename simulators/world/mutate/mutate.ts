/**
 * mutate: the one entrance to all operations; reads the words, does the work, tells what was committed.
 */
import { stopActivity } from '../activities.ts';
import type { Change, World } from '../world.ts';
import { bulkCreate, bulkDelete, bulkEdit, bulkUnsubscribe } from './bulk.ts';
import { createCampaign, removeCampaign, sendCampaign } from './campaigns.ts';
import * as catalogue from './catalogue.ts';
import { bounce, resubscribe, setPermission, unsubscribe } from './consent.ts';
import { confirmResubscribe } from './resubscribe.ts';
import { joinList, leaveList, tag, untag } from './membership.ts';
import { parseOperation, type Operation, type OperationInput } from './operations.ts';
import { changeAddress, create, edit, remove, revive, stamp, swapAddresses } from './people.ts';

type Doers = { readonly [K in Operation['op']]: (world: World, op: Extract<Operation, { op: K }>) => Change[] };

const DOERS: Doers = {
  unsubscribe,
  resubscribe,
  confirmResubscribe,
  bounce,
  setPermission,
  edit,
  create,
  delete: remove,
  revive,
  changeAddress,
  swapAddresses,
  stamp,
  joinList,
  leaveList,
  tag,
  untag,
  createList: catalogue.createList,
  renameList: catalogue.renameList,
  deleteList: catalogue.deleteList,
  createTag: catalogue.createTag,
  renameTag: catalogue.renameTag,
  deleteTag: catalogue.deleteTag,
  createField: catalogue.createField,
  renameField: catalogue.renameField,
  deleteField: catalogue.deleteField,
  createCampaign,
  sendCampaign,
  removeCampaign,
  bulkEdit,
  bulkUnsubscribe,
  bulkDelete,
  bulkCreate,
  setAccount: catalogue.setAccount,
  setPrivileges: catalogue.setPrivileges,
  stopActivity: (world, op) => [stopActivity(world, op.activity_id, op.state, op.errors)],
};

/** Does one operation and tells the changes it committed; throws MutationError where the world does not allow it. */
export function mutate(world: World, input: OperationInput): Change[] {
  const operation = parseOperation(input);
  return perform(world, operation);
}

function perform<K extends Operation['op']>(world: World, operation: Extract<Operation, { op: K }>): Change[] {
  const doer: (world: World, op: Extract<Operation, { op: K }>) => Change[] = DOERS[operation.op];
  return doer(world, operation);
}
