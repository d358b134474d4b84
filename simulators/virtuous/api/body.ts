/**
 * body: reads the JSON of a request against a shape and says what is wrong in the vendor's words: `message` with `modelState`.
 *
 * A missing body is "The argument cannot be null" (virtuous-crm §6). Keys that a call does not name are refused or passed over, by a
 * switch; everything else that is wrong is refused.
 */
import { z } from 'zod';
import { CrmRefusal, invalid } from './answer.ts';
import type { Call } from './call.ts';

type ObjectMaker = typeof z.object;

export interface BodyShape<T> {
  readonly model: string;
  readonly strict: z.ZodType<T>;
  readonly loose: z.ZodType<T>;
}

/** Makes the shape of a body; `model` is the name that errors put before a field. */
export function shapeOf<T>(model: string, make: (object: ObjectMaker) => z.ZodType<T>): BodyShape<T> {
  return { model, strict: make(z.strictObject as unknown as ObjectMaker), loose: make(z.object) };
}

/** Reads a body; throws the vendor's 400. */
export function readBody<T>({ body, switches }: Call, shape: BodyShape<T>): T {
  if (body === undefined || body === null) throw new CrmRefusal(400, 'The argument cannot be null');
  const schema = switches.crmUnknownKeys === 'refused' ? shape.strict : shape.loose;
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const state: Record<string, string[]> = {};
  for (const issue of read.error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
    for (const key of keys) {
      const path = [shape.model, ...issue.path, ...(key === null ? [] : [key])].join('.');
      state[path] = [...(state[path] ?? []), issue.message];
    }
  }
  throw invalid(state);
}

export const text = z.string().max(4_000).nullish();
export const needed = z.string().trim().min(1).max(4_000);
export const int = z.number().int().nullish();
export const flag = z.boolean().nullish();
export const id = z.number().int().positive();
/** Custom fields as a map, on a create and in an import (virtuous-crm §4, trap 11). */
export const fieldMap = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish();

/** Custom fields as a list, on an update. */
export function fieldList(object: ObjectMaker): z.ZodType<{ name: string; value?: string | null | undefined }[]> {
  return z.array(object({ name: needed, value: text, displayName: text }));
}
