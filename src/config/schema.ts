/**
 * The shape of `concord.yaml` as zod schemas: the source of the published JSON Schema and of every "expected …".
 *
 * Decides which keys exist and what each takes; a description is worded so that it can follow "expected". Only what
 * this version can do is in here (not-yet.ts knows the rest), and nothing that needs two keys at once (cross-checks).
 */
import { z } from 'zod';
import { CONTACT_COLUMNS } from '../model/contact.ts';
import { STREAMS } from '../model/record.ts';
import { CONSENT_DIRECTIONS, FIELD_DIRECTIONS, LISTS_DIRECTIONS, MATCH_WAYS, WRITE_RULES } from './config.ts';
import { INTERVAL_PATTERN } from './intervals.ts';
import { CRM_NEWCOMERS } from './schema-crm-newcomers.ts';
import { CRM_CONSENT } from './schema-consent.ts';
import { CRM_FIELDS } from './schema-crm-fields.ts';
import { LABELS } from './schema-labels.ts';
import { address, direction, NAME, NO_SPACE, printable, word } from './schema-parts.ts';
import { SERVE } from './schema-serve.ts';
import { VIRTUOUS } from './schema-virtuous.ts';

const filePath = printable(4096);
const column = printable(128).describe('the name of a column of your table');

const interval = z.string().regex(new RegExp(INTERVAL_PATTERN, 'u'));
const budget = z
  .strictObject({
    perSecond: z
      .int()
      .min(1)
      .max(1000)
      .describe('requests a second, a whole number from 1 to 1000')
      .meta({ default: 4 })
      .optional(),
    perDay: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .describe('requests a UTC day, a whole number from 1')
      .meta({ default: 10_000 })
      .optional(),
    group: NAME.describe('the name of a key shared by several connections: letters, digits, _ and -').optional(),
  })
  .describe('the allowance of the API key: perSecond, perDay and, for a shared key, group');

export const CONSTANT_CONTACT = z
  .strictObject({
    connector: z.literal('constant-contact'),
    api: z.literal('v3').describe('v3').meta({ default: 'v3' }).optional(),
    baseUrl: address.optional(),
    auth: z
      .strictObject({
        accessToken: word('an access token, best as "${NAME}" from the environment').optional(),
        clientId: word('the id of your application ("API key") in its portal').optional(),
        clientSecret: word('the secret of your application, best as "${NAME}" from the environment').optional(),
        server: z
          .string()
          .max(2048)
          .regex(NO_SPACE)
          .describe("the sign-in server's address; https, or http to this machine itself")
          .optional(),
        redirect: z
          .string()
          .max(2048)
          .regex(NO_SPACE)
          .describe('where the browser comes back to, as registered, such as http://127.0.0.1:8910/callback')
          .optional(),
      })
      .describe('how to sign in: accessToken, or clientId and, where there is one, clientSecret'),
    budget: budget.optional(),
  })
  .describe('a connection to a Constant Contact account');

export const SQLITE = z
  .strictObject({
    connector: z.literal('sqlite'),
    file: filePath.describe('the path of the database file, such as ./app.db'),
  })
  .describe('a connection to a SQLite database');

export const CONNECTORS = { 'constant-contact': CONSTANT_CONTACT, virtuous: VIRTUOUS, sqlite: SQLITE } as const;

const syncBase = {
  primary: NAME.describe('the name of a connection: the source of record'),
  secondary: NAME.describe('the name of a connection: the other side'),
  schedule: printable(200).describe('"every 1h" (s, m, h, d) or a cron expression of five fields, in UTC').optional(),
  guards: z
    .strictObject({
      destructive: z
        .strictObject({
          percent: z
            .number()
            .min(0)
            .max(100)
            .describe('percent of the linked records, 0 to 100')
            .meta({ default: 5 })
            .optional(),
          atLeast: z
            .int()
            .min(0)
            .max(1_000_000_000)
            .describe('a whole number of destructive steps')
            .meta({ default: 20 })
            .optional(),
        })
        .describe('percent and atLeast')
        .optional(),
    })
    .describe('the brakes: destructive')
    .optional(),
};

export const CRM_SYNC = z
  .strictObject({
    ...syncBase,
    mode: z.literal('crm').optional(),
    contacts: z
      .strictObject({
        match: z
          .array(z.enum(MATCH_WAYS))
          .min(1)
          .max(2)
          .describe(`a list of ${MATCH_WAYS.join(' and ')}`)
          .meta({ default: ['email'] })
          .optional(),
        ...CRM_FIELDS,
        ...CRM_NEWCOMERS,
      })
      .describe('how people are met, what is carried, and who is made: match, fields, create, placeholder, addressType')
      .optional(),
    consent: CRM_CONSENT,
    lists: LABELS.optional(),
    tags: LABELS.optional(),
  })
  .describe('people, with a CRM');

const STREAM = z.enum(STREAMS).describe(`one of ${STREAMS.join(', ')}`);

const STREAMS_CHOICE = `all, or a list of ${STREAMS.join(', ')}`;

export const MIRROR_SYNC = z
  .strictObject({
    ...syncBase,
    mode: z.literal('mirror'),
    prefix: z
      .string()
      .regex(/^(?:[A-Za-z_][A-Za-z0-9_]{0,40})?$/u)
      .describe('what the table names begin with: letters, digits and _, at most 41')
      .meta({ default: '' })
      .optional(),
    streams: z.union([z.literal('all'), z.array(STREAM).min(1).describe(STREAMS_CHOICE)]).describe(STREAMS_CHOICE),
  })
  .describe('a mirror: tables that Concord owns');

const FIELD = z
  .union([
    column,
    z.strictObject({
      to: column,
      direction: z
        .enum(FIELD_DIRECTIONS)
        .describe(FIELD_DIRECTIONS.join(' or '))
        .meta({ default: 'primary-to-secondary' })
        .optional(),
      write: z.enum(WRITE_RULES).describe('always, if-empty or never').meta({ default: 'always' }).optional(),
    }),
  ])
  .describe('the name of a column of your table, or { to, direction, write }');

const CONSENT = z
  .strictObject({
    column,
    direction: z
      .enum(CONSENT_DIRECTIONS)
      .describe(`${CONSENT_DIRECTIONS.join(' or ')}; an opt-in is never carried to Constant Contact`)
      .meta({ default: 'primary-to-secondary' })
      .optional(),
  })
  .describe('{ column: … }, and direction: two-way to carry opt-outs of the table');

const LISTS = z
  .strictObject({
    as: z.literal('table').describe('table, the only way in this version'),
    table: printable(128).describe('the name of your table of memberships'),
    person: column.describe('the column with what contacts.key holds'),
    list: column.describe('the column with the name of a list'),
    direction: z
      .enum(LISTS_DIRECTIONS)
      .describe(LISTS_DIRECTIONS.join(' or '))
      .meta({ default: 'primary-to-secondary' })
      .optional(),
  })
  .describe('{ as: table, table: …, person: …, list: … }: who is on which list, one row for each');

export const TABLE_SYNC = z
  .strictObject({
    ...syncBase,
    mode: z.literal('table').optional(),
    contacts: z
      .strictObject({
        table: printable(128).describe('the name of your table'),
        key: column.describe('the column that email_address is mapped to'),
        direction: direction.optional(),
        fields: z
          .partialRecord(z.enum(CONTACT_COLUMNS), FIELD)
          .describe('Constant Contact fields, each with a column of your table'),
        consent: z
          .union([z.literal('none'), CONSENT])
          .describe('consent: { column: … }, the yes/no column, or consent: none written out'),
        create: z
          .strictObject({
            evidence: column,
            lists: z.array(printable(255)).max(50).describe('names of lists, at most 50').optional(),
          })
          .describe('{ evidence: …, lists: [ … ] }: new people of the table are made in Constant Contact')
          .optional(),
      })
      .describe('the mapping of people: table, key, fields and consent'),
    lists: LISTS.optional(),
  })
  .describe('people, into a table of your own');

const STORE = filePath.describe("the path of Concord's own SQLite file, such as ./concord.db");
const RECONCILE = interval
  .describe('"every N" with a unit s, m, h or d, such as every 24h')
  .meta({ default: 'every 24h' })
  .optional();
const MASTER_KEY = z
  .strictObject({
    file: filePath.describe('the path of a file that only its owner may read').optional(),
    command: z
      .array(printable(4096))
      .min(1)
      .max(64)
      .describe('a list: a program and its arguments, which prints the key')
      .optional(),
    key: word('"${NAME}": the key from the environment').optional(),
  })
  .describe('one of { file: … }, { command: [ … ] } and { key: "${NAME}" }')
  .optional();
const CONNECTIONS = 'one or more connections, each under a name';
const SYNCS = 'one or more syncs, each under a name';
const named = <T extends z.ZodType>(inner: T, what: string) =>
  z
    .record(NAME, inner)
    .refine((record) => Object.keys(record).length > 0)
    .describe(what);

/** The file's outline: parts are checked one by one afterwards, so that each error names its own key. */
export const OUTLINE = z
  .strictObject({
    store: STORE,
    reconcile: RECONCILE,
    serve: SERVE.optional(),
    masterKey: MASTER_KEY,
    previousMasterKey: MASTER_KEY,
    connections: named(z.unknown(), CONNECTIONS),
    syncs: named(z.unknown(), SYNCS),
  })
  .describe('the keys store, connections and syncs');

/** The whole file at once; for the published JSON Schema. */
export const CONFIG_FILE = z.strictObject({
  store: STORE,
  reconcile: RECONCILE,
  serve: SERVE.optional(),
  masterKey: MASTER_KEY,
  previousMasterKey: MASTER_KEY,
  connections: named(z.discriminatedUnion('connector', [CONSTANT_CONTACT, VIRTUOUS, SQLITE]), CONNECTIONS),
  syncs: named(z.union([MIRROR_SYNC, TABLE_SYNC, CRM_SYNC]), SYNCS),
});

export type OutlineText = z.infer<typeof OUTLINE>;
export type ConstantContactText = z.infer<typeof CONSTANT_CONTACT>;
export type SqliteText = z.infer<typeof SQLITE>;
export type MirrorSyncText = z.infer<typeof MIRROR_SYNC>;
export type TableSyncText = z.infer<typeof TABLE_SYNC>;
export type CrmSyncText = z.infer<typeof CRM_SYNC>;
