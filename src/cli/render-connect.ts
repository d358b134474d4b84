/**
 * `connect`, for a person: what to do now, and how it ended. Pure.
 */
import type { ConnectItem } from './sign-in-results.ts';
import { formatInstant } from './text.ts';

/** Words one item; another account is told as an error, elsewhere. */
export function renderConnect(item: Exclude<ConnectItem, { readonly kind: 'other-account' }>): readonly string[] {
  switch (item.kind) {
    case 'open':
      return [
        'Open this address in a browser on this machine, and agree there:',
        `  ${item.address}`,
        `Waiting for it until ${formatInstant(item.untilAt)}.`,
      ];
    case 'device':
      return [
        `On any device, open ${item.address} and enter the code ${item.userCode}`,
        ...(item.completeAddress === null ? [] : [`or open ${item.completeAddress}`]),
        `Waiting for it until ${formatInstant(item.untilAt)}.`,
      ];
    case 'connected': {
      const whose = item.organisation === null ? item.account : `${item.organisation} (account ${item.account})`;
      const ends = item.accessUntilAt === null ? 'in a day or less' : `at ${formatInstant(item.accessUntilAt)}`;
      const lasting = item.renewable
        ? 'It renews itself from now on.'
        : `It cannot renew itself and ends ${ends}: sign in again by then.`;
      return [`Connection ${item.connection} is signed in as ${whose}. ${lasting}`];
    }
  }
}
