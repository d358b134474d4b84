/**
 * plan: the words in which faults are asked for, by options, by the control door or by a file.
 *
 * A plan is a list of faults; each says which requests it is about, on which of them it strikes, and what then goes wrong. The
 * first fault that strikes wins. Nothing here acts.
 */
import { z } from 'zod';

const KINDS = [
  'refuse',
  'reset-before',
  'reset-after',
  'timeout',
  'status',
  'html',
  'truncated-json',
  'empty-list',
  'slow',
  'throttled',
  'quota_exceeded',
  'activity-queue',
  'repeat-cursor',
  'cursor-expired',
  'items-twice',
  'items-missing',
  'stale-read',
] as const;

const FAULT = z.strictObject({
  kind: z.enum(KINDS),
  /** Whose host is struck; Constant Contact's when left out. */
  host: z.enum(['constant-contact', 'virtuous']).optional(),
  match: z
    .strictObject({
      /** A regular expression on the path with its query, such as `^/v3/contacts\\?`. */
      path: z.string().refine(isPattern, 'not a regular expression').optional(),
      method: z.string().optional(),
    })
    .optional(),
  /** Which matching request is struck: the n-th alone, or each n-th; all of them when left out. */
  at: z.union([z.number().int().min(1), z.strictObject({ every: z.number().int().min(1) })]).optional(),
  probability: z.number().min(0).max(1).optional(),
  /** How often the fault strikes at most. */
  times: z.number().int().min(1).optional(),
  /** For `status` and `html`: the status to answer with. */
  status: z.number().int().min(200).max(599).optional(),
  /** For `status`: a body instead of the usual one. */
  body: z.unknown().optional(),
  /** For `slow` and `timeout`: how long; for `refuse`: how long no connection is taken; for `stale-read`: how far back. */
  ms: z.number().int().min(0).optional(),
});

const PLAN = z.union([z.array(FAULT), z.strictObject({ faults: z.array(FAULT), seed: z.number().int().optional() })]);

/** The form of a plan, whichever way it is written; gives the bare list. */
export const faultPlanSchema = PLAN.transform((plan) => (Array.isArray(plan) ? plan : plan.faults));

export type FaultKind = (typeof KINDS)[number];
export type Fault = Readonly<z.infer<typeof FAULT>>;
export type FaultHost = NonNullable<Fault['host']>;
export type FaultPlan = readonly Fault[];

/** Reads a fault plan from JSON: a bare list, or `{ "faults": [...], "seed": n }`. */
export function parseFaultPlan(input: unknown): { readonly faults: FaultPlan; readonly seed: number | null } {
  const plan = PLAN.parse(input);
  return Array.isArray(plan) ? { faults: plan, seed: null } : { faults: plan.faults, seed: plan.seed ?? null };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
