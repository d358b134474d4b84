/**
 * switches: every behaviour of the vendor that nobody has confirmed, as a choice with a default.
 *
 * A default is the reading closest to the published contract or to a recorded answer; where neither says anything, the one that
 * is harder on a client. Tests run a client both ways. Nothing that is confirmed may become a switch.
 */
import { z } from 'zod';
import { CRM_SWITCHES } from './virtuous/switches.ts';

const SWITCHES = z.strictObject({
  /** What the filters by opt-out date do: filter, get ignored, get refused with 400, or always find nobody. */
  optoutAfter: z.enum(['works', 'ignored', 'refused', 'blind']).default('works'),
  optoutAfterInclusive: z.boolean().default(false),
  updatedAfterInclusive: z.boolean().default(false),
  deleteMovesUpdatedAt: z.boolean().default(true),
  deletedInUpdatedAfter: z.boolean().default(true),
  listChangeMovesUpdatedAt: z.boolean().default(true),
  tagChangeMovesUpdatedAt: z.boolean().default(false),
  resubscribeMovesUpdatedAt: z.boolean().default(false),
  /** How `_links` looks on a last page: `{}`, left out, null, or with a null inside. */
  lastPage: z.enum(['empty', 'absent', 'null', 'null-next', 'null-href']).default('empty'),
  contactsOrder: z.enum(['updated_at', 'created_at', 'id']).default('updated_at'),
  timeFormat: z.enum(['seconds', 'milliseconds', 'offset', 'fraction']).default('seconds'),
  noStatusMeans: z.enum(['not_deleted', 'active']).default('not_deleted'),
  /** How long a cursor of a paged answer is honoured; null is for ever. */
  cursorLifeMs: z.number().int().positive().nullable().default(null),
  /** What happens to other known parameters next to a cursor. */
  cursorWithParameters: z.enum(['ignored', 'refused']).default('ignored'),
  campaignStatusCase: z.enum(['title', 'upper', 'mixed']).default('title'),
  extraFields: z.boolean().default(false),
  /** A word that some contacts show as their permission instead of a documented one. */
  unknownPermission: z.string().min(1).nullable().default(null),
  /** Whether a contact that has an SMS channel always shows it. */
  smsChannel: z.boolean().default(true),
  refreshTokens: z.enum(['rotating', 'longLived']).default('rotating'),
  /** Whether a refresh token used twice also ends the newest token of its chain. */
  refreshReuseKills: z.boolean().default(true),
  /** How long after a rotation the superseded refresh token is still honoured. */
  refreshGraceMs: z.number().int().min(0).default(0),
  counts: z.enum(['right', 'frozen', 'lying']).default('right'),
  trackers: z.enum(['works', 'empty']).default('works'),
  /** How late a change shows in the listing of contacts; a read by id shows it at once. */
  indexDelayMs: z.number().int().min(0).default(0),
  /** How many times a read by segment answers 202 before it answers 200. */
  segmentWaits: z.number().int().min(0).default(0),
  /** What a body's key does that neither the request nor the resource names. */
  unknownKeys: z.enum(['refused', 'ignored']).default('refused'),
  /** How the answer 409 names the contact that owns the address; the oldest text seen does not. */
  conflictText: z.enum(['plain', 'validation', 'unnamed']).default('plain'),
  /** What a PUT without `email_address` does to the address. */
  putWithoutEmail: z.enum(['kept', 'removed', 'refused']).default('kept'),
  /** What a PUT without `permission_to_send` inside the address does to it. */
  putWithoutPermission: z.enum(['not_set', 'kept', 'refused']).default('not_set'),
  /** What a PUT answers that gives the permission back without the person, who took it away. */
  forbiddenResubscribe: z.enum(['ignored', 'conflict', 'refused']).default('ignored'),
  /** What a DELETE of a contact already deleted answers: 204 or 404. */
  deleteAgain: z.enum(['no_content', 'not_found']).default('no_content'),
  /** How a custom field's name is made of its label: in lower case, as recorded, or as written, as published. */
  fieldNames: z.enum(['lower', 'kept']).default('lower'),
  /** Whether the account may make custom fields of other types than text and date. */
  typedFields: z.enum(['works', 'refused']).default('works'),
  /** How long a bulk activity stays `initialized`, and then `processing`; it acts when that is over. */
  activityWaitMs: z.number().int().min(0).default(1_000),
  activityRunMs: z.number().int().min(0).default(5_000),
  /** How many contacts a JSON import takes: the documents say both. */
  importRows: z.union([z.literal(40_000), z.literal(39_999)]).default(40_000),
  /** What a blank value of an import does to its field. */
  importBlank: z.enum(['kept', 'cleared']).default('kept'),
  /** What reading an activity by its id answers once it has left the list. */
  oldActivity: z.enum(['gone', 'kept']).default('gone'),
  ...CRM_SWITCHES,
});

export type Switches = z.infer<typeof SWITCHES>;
export type SwitchChanges = Partial<Switches>;

export interface SwitchBoard {
  /** The switches as they stand. */
  readonly current: Switches;
  /** Changes some switches; refuses an unknown name or value. */
  set(changes: SwitchChanges): Switches;
  /** Calls back after each change. */
  onChange(listener: (now: Switches, before: Switches) => void): void;
}

/** Makes a switchboard with the defaults, changed as asked. */
export function createSwitchBoard(changes: SwitchChanges = {}): SwitchBoard {
  let current = SWITCHES.parse(changes);
  const listeners: ((now: Switches, before: Switches) => void)[] = [];
  return {
    get current() {
      return current;
    },
    set(more) {
      const before = current;
      current = SWITCHES.parse({ ...current, ...more });
      for (const listener of listeners) listener(current, before);
      return current;
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
