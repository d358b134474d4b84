/**
 * Virtuous CRM+ as a source: which request answers which question.
 *
 * Reading only. Requests and parsers are pure and stand beside this file; waiting and retrying are the wire's.
 */
import type { CrmSource } from '../../connector/crm.ts';
import { ask, type Asking } from './ask.ts';
import { parseFields, parseOrganization, parseTags } from './catalogue.ts';
import { findByAddress, findByReference, readOne } from './find.ts';
import { askAll } from './lists.ts';
import { buildFields, buildOrganization, buildTags } from './requests.ts';
import { walkPage } from './walk.ts';

/** Makes the source of one connection. */
export function createVirtuousSource(asking: Asking): CrmSource {
  return {
    identify: (signal) => ask(asking, buildOrganization(), signal, parseOrganization),
    snapshot: (from, signal) => walkPage(asking, null, from, signal),
    changes: (since, from, signal) => walkPage(asking, since, from, signal),
    readOne: (id, signal) => readOne(asking, id, signal),
    findByReference: (reference, signal) => findByReference(asking, reference, signal),
    findByAddress: (address, signal) => findByAddress(asking, address, signal),
    tags: async (signal) => parseTags(await askAll(asking, buildTags, 'id', signal)),
    fields: (signal) => ask(asking, buildFields(), signal, parseFields),
  };
}
