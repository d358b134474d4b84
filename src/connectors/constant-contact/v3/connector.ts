/**
 * Constant Contact V3 as a source: which request answers which question.
 *
 * Reading only. Requests and parsers are pure and stand beside this file; waiting and retrying are the wire's.
 */
import type { SourceConnector } from '../../../connector/source.ts';
import { ConnectorError } from '../../../model/errors.ts';
import type { Page, StreamName } from '../../../model/record.ts';
import { parseAccount, parsePrivileges } from './account.ts';
import type { Asking } from './ask.ts';
import { ask, askPage } from './ask.ts';
import { CONSTANT_CONTACT_V3_STREAMS } from './declaration.ts';
import { readDirectly } from './direct-read.ts';
import { createOptOutChannels } from './opt-outs.ts';
import { parsePage } from './pages.ts';
import { buildAccount, buildChanges, buildListing, buildMembers, buildPrivileges, PAGE_SIZE } from './requests.ts';

/** Makes the source connector of one connection. */
export function createConstantContactV3(asking: Asking): SourceConnector {
  return {
    streams: CONSTANT_CONTACT_V3_STREAMS,
    optOuts: createOptOutChannels(asking),
    identify: (signal) => ask(asking, buildAccount(), signal, parseAccount),
    privileges: (signal) => ask(asking, buildPrivileges(), signal, parsePrivileges),
    snapshot: (stream, from, signal) =>
      askPage(asking, buildListing(stream), from, signal, (answer) => parsePage(stream, answer, from)),
    changes: (stream, since, from, signal) => changes(asking, stream, since, from, signal),
    members: {
      page: Number(PAGE_SIZE),
      read: (what, id, from, signal) =>
        askPage(asking, buildMembers(what, id), from, signal, (answer) => parsePage('contacts', answer, from)),
    },
    readOne: (stream, id, signal) => readDirectly(asking, stream, id, signal),
  };
}

async function changes(
  asking: Asking,
  stream: StreamName,
  since: string,
  from: string | null,
  signal: AbortSignal,
): Promise<Page> {
  if (stream !== 'contacts') {
    throw new ConnectorError('CC_NO_CHANGES', 'bug', `this source cannot say what changed in ${stream}: list it whole`);
  }
  return askPage(asking, buildChanges(since), from, signal, (answer) => parsePage(stream, answer, from));
}
