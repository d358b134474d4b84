/**
 * switches: the behaviours of the CRM that nobody has confirmed, and the organization's own settings.
 *
 * A default is the reading closest to what was recorded or published; where neither says anything, the one that is harder on a
 * client. Each names the section of the facts (virtuous-crm) that leaves it open. Nothing that is confirmed may become a switch.
 */
import { z } from 'zod';

export const CRM_SWITCHES = {
  /** What `skip` and `take` in the body of a query do (§3). */
  crmSkipTakeInBody: z.enum(['ignored', 'honoured']).default('ignored'),
  /** What a `take` beyond 1,000 does (§3 gives the maximum and not what happens beyond it). */
  crmTakeTooMany: z.enum(['refused', 'capped']).default('refused'),
  /** What a PUT does to what it leaves out: removes it, as published, or keeps it, as recorded (§4). */
  crmPut: z.enum(['replace', 'patch']).default('replace'),
  /** Calls an hour, or null for no limit (§2: 1,500 and 5,000 are both published). */
  crmRatePerHour: z.number().int().positive().nullable().default(1_500),
  crmRateWindow: z.enum(['fixed', 'sliding']).default('fixed'),
  /** Whether a refused call counts for the hour (§2). */
  crmRefusedCount: z.boolean().default(true),
  /** How the rate headers are spelled: `X-RateLimit-…`, `X-Rate-Limit-…`, or not at all, as recorded in 2018 (§2). */
  crmRateHeaders: z.enum(['plain', 'dashed', 'none']).default('plain'),
  /** The shape of errors: as recorded, or as the documents say that they will be (§10). */
  crmErrors: z.enum(['message', 'target']).default('message'),
  /** Whether the body of a 401 is JSON or plain text (§10). */
  crmUnauthorized: z.enum(['json', 'text']).default('json'),
  /** What a bad id of a method or a note answers (§10). */
  crmBadId: z.enum(['bad_request', 'not_found']).default('bad_request'),
  /** Whether a refresh gives a new refresh token and ends the old one (§1). */
  crmRefreshTokens: z.enum(['rotating', 'kept']).default('rotating'),
  /** What reading an archived contact answers (§11.3). */
  crmArchivedRead: z.enum(['not_found', 'readable']).default('not_found'),
  /** Whether the contact's JSON has `isArchived` (§4). */
  crmArchivedFlag: z.boolean().default(false),
  /** Which of several contacts with one address Find answers (§11.9). */
  crmFindShared: z.enum(['oldest', 'newest']).default('newest'),
  /** What a second id of one source does on one contact (§5). */
  crmSecondReference: z.enum(['refused', 'kept', 'replaces']).default('refused'),
  /** What a reference does that another contact has already (§11.4). */
  crmReferenceTaken: z.enum(['kept', 'refused']).default('kept'),
  /** Whether Last Modified Date and Create Date mean a day or an instant (§4). */
  crmDates: z.enum(['day', 'instant']).default('day'),
  /** Whose days dates and midnights are (§4, §7). */
  crmZone: z.enum(['organization', 'utc']).default('organization'),
  /** Whether a tag put on or taken off moves the contact's `modifiedDateTimeUtc` (§9). */
  crmTagMoves: z.boolean().default(true),
  /** Whose `modifiedDateTimeUtc` a change of a method's opt-in moves beside its own (§9). */
  crmOptInMoves: z.enum(['contact', 'individual', 'method']).default('contact'),
  /** How late a change shows in queries, searches and Find (§10). */
  crmIndexDelayMs: z.number().int().min(0).default(0),
  /** What a write of an address does that another contact has (§10). */
  crmEmailTaken: z.enum(['kept', 'conflict']).default('kept'),
  /** What a key of a body does that the call does not name. */
  crmUnknownKeys: z.enum(['refused', 'ignored']).default('refused'),
  /** Settings of the organization: whether the nightly batch imports what it is sure of, and makes contacts that matched nobody (§7). */
  crmAutoImport: z.boolean().default(false),
  crmAutoCreate: z.boolean().default(false),
  /** What a tag does in an import that the organization does not have (§6). */
  crmUnknownTag: z.enum(['dropped', 'created', 'stops']).default('dropped'),
  /** What `isOptedIn` becomes for an e-mail that an import makes (§8). */
  crmImportOptIn: z.boolean().default(false),
  /** What a second transaction of one reference does while the first is held (§7). */
  crmRepeatedReference: z.enum(['rows', 'merged', 'replaced']).default('rows'),
  /** How many contacts a batch takes, or null for any number; and what happens beyond it (§7). */
  crmBatchLimit: z.number().int().positive().nullable().default(1_000),
  crmBatchTooMany: z.enum(['refused', 'dropped']).default('refused'),
  /** What an import without a first or last name does, if it matches nobody (§7: needed in practice, optional in the schema). */
  crmNamelessRow: z.enum(['waits', 'imported']).default('waits'),
  /** Whether a change of an opt-in alone, of a tag, an archiving or a merge makes a contactUpdate (§9). */
  crmOptInFires: z.boolean().default(false),
  crmTagFires: z.boolean().default(true),
  crmArchiveFires: z.boolean().default(false),
  crmMergeFires: z.boolean().default(true),
  /** The two bodies that receivers saw: an envelope for one, or `models` for many (§9). */
  crmWebhookForm: z.enum(['single', 'models']).default('single'),
  /** How a signature is written, and in which header (§9: neither is published). */
  crmSignature: z.enum(['base64', 'hex']).default('base64'),
  crmSignatureHeader: z
    .string()
    .regex(/^[\w-]+$/)
    .default('X-Virtuous-Signature'),
  /** How often a delivery is tried in all, and how long after the first try the second comes; each wait doubles (§9). */
  crmWebhookAttempts: z.number().int().min(1).max(20).default(5),
  crmWebhookRetryMs: z.number().int().positive().default(60_000),
  /** In which order what is due goes out; `shuffled` draws each event's delay up to `crmWebhookDelayMs` (§9). */
  crmWebhookOrder: z.enum(['kept', 'reversed', 'shuffled']).default('kept'),
  crmWebhookDelayMs: z.number().int().min(0).default(0),
  /** Whether each event comes twice (§9). */
  crmWebhookTwice: z.boolean().default(false),
  /** Whether a merge takes the references of the contact that is lost to the other (§9 tells of `mergedIntoContactId` only). */
  crmMergeReferences: z.enum(['moved', 'stay']).default('moved'),
  /** What reading a contact answers that was merged away: its record with `mergedIntoContactId`, or 404 (§9). */
  crmMergedRead: z.enum(['readable', 'not_found']).default('readable'),
  /** How an individual without methods shows them (§9). */
  crmNoMethods: z.enum(['empty', 'null']).default('empty'),
};
