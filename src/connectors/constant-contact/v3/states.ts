/**
 * From this API's words for consent to ours.
 *
 * A word nobody documented, a missing word, or something that is no word at all means `held`: never sendable, and
 * nobody's own opt-out (I2, T23). Must never guess a state from any other field.
 */
import type { PermissionState } from '../../../model/record.ts';

/** Documented values of `permission_to_send`. */
const PERMISSIONS: ReadonlyMap<unknown, PermissionState> = new Map([
  ['explicit', 'explicit'],
  ['implicit', 'implicit'],
  ['not_set', 'not_set'],
  ['pending_confirmation', 'pending_confirmation'],
  ['temp_hold', 'temp_hold'],
  ['unsubscribed', 'unsubscribed'],
]);

/** Reads a permission; null for a value that is not documented. */
export function knownPermission(value: unknown): PermissionState | null {
  return PERMISSIONS.get(value) ?? null;
}

/** Tells the state of a contact that is not deleted. Without an address nobody is mailable, but an opt-out is still one. */
export function permissionState(permission: PermissionState | null, hasAddress: boolean): PermissionState {
  if (hasAddress) return permission ?? 'held';
  return permission === 'unsubscribed' ? 'unsubscribed' : 'none';
}
