/**
 * search: the two searches by words (virtuous-crm §4). The one over everything tells `isArchived`, which no contact does (§11.3).
 *
 * The `total` of `Contact/Search` is the size of its page, as recorded: it is no use for paging (§3).
 */
import { z } from 'zod';
import type { Contact, Individual } from '../crm/types.ts';
import { type Reply } from './answer.ts';
import { needed, readBody, shapeOf } from './body.ts';
import { pageOf, pagingOf, type Call } from './call.ts';
import { primaryAddress } from '../crm/places.ts';
import { shortJson, valueOf } from './render.ts';

const SEARCH = shapeOf('search', (object) => object({ search: needed }));

/** Answers `POST /api/Contact/Search`. */
export function searchContacts(call: Call): Reply {
  const words = readBody(call, SEARCH).search.toLowerCase();
  const found = seen(call)
    .filter((one) => one.archivedAt === null && textOf(one).includes(words))
    .map((one) => {
      const person = one.individuals.find((each) => each.isPrimary) ?? one.individuals[0];
      const { id, ...rest } = shortJson(call, one);
      return { individualId: person?.id ?? null, ...rest, name: fullName(person) ?? one.name, id };
    });
  const list = pageOf(found, pagingOf(call));
  return { list, total: list.length };
}

const KINDS = ['Contact', 'Individual', 'Campaign', 'Project', 'Segment', 'Tag'] as const;
const GLOBAL = shapeOf('search', (object) => object({ query: needed, filterTypes: z.array(z.enum(KINDS)).nullish() }));

/** Answers `POST /api/Search`. */
export function searchAll(call: Call): Reply {
  const { query, filterTypes } = readBody(call, GLOBAL);
  const wanted = (kind: (typeof KINDS)[number]): boolean => !filterTypes?.length || filterTypes.includes(kind);
  const words = query.toLowerCase();
  const found = seen(call).filter((one) => textOf(one).includes(words));
  const contacts = wanted('Contact') ? found.map((one) => hit(one, undefined)) : [];
  const people = found.flatMap((one) =>
    one.individuals.filter((each) => personText(each).includes(words)).map((each) => hit(one, each)),
  );
  const tags = [...call.crm.tags.values()]
    .filter((one) => wanted('Tag') && one.name.toLowerCase().includes(words))
    .map(({ id, name }) => ({
      document: {
        entityId: id,
        entityType: 'Tag',
        title: name,
        code: null,
        description: name,
        metadata: 'Contacts',
        total: 0,
      },
      highlights: [],
    }));
  const paging = pagingOf(call);
  const part = (hits: readonly unknown[]): unknown => ({ hits: pageOf(hits, paging), total: hits.length });
  return {
    status: 200,
    body: { contacts: part(contacts), individuals: part(wanted('Individual') ? people : []), entities: part(tags) },
  };
}

function seen({ crm }: Call): readonly Contact[] {
  return [...crm.contacts.values()].map((one) => crm.indexed(one)).filter((one) => one !== null);
}

function hit(contact: Contact, individual: Individual | undefined): unknown {
  const person = individual ?? contact.individuals.find((one) => one.isPrimary) ?? contact.individuals[0];
  const address = primaryAddress(contact);
  return {
    document: {
      contactId: contact.id,
      contactType: contact.contactType,
      contactSubtype: null,
      contactName: contact.name,
      informalName: contact.informalName ?? '',
      formalName: '',
      alternateName: '',
      individualId: person?.id ?? null,
      individualName: fullName(person) ?? '',
      isPrimary: person?.isPrimary ?? false,
      address: address === undefined ? '' : [address.address1, address.city, address.country].join(' | '),
      email: valueOf(person, /Email$/),
      phoneNumber: valueOf(person, /Phone$/),
      isArchived: contact.archivedAt !== null,
    },
    highlights: [],
  };
}

function fullName(person: Individual | undefined): string | null {
  return person === undefined ? null : [person.firstName, person.lastName].filter((one) => one).join(' ');
}

function textOf(contact: Contact): string {
  return [contact.name.toLowerCase(), ...contact.individuals.map(personText)].join('\n');
}

function personText(person: Individual): string {
  const values = person.methods.filter((one) => !one.archived).map((one) => one.value);
  return [fullName(person) ?? '', ...values].join('\n').toLowerCase();
}
