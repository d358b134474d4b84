/**
 * The small pieces that all parts of the file's shape are made of.
 *
 * A description is worded so that it can follow "expected".
 */
import { z } from 'zod';

// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
const PRINTABLE = /^[^\u0000-\u001f\u007f]+$/u;
export const NO_SPACE = /^[\u0021-\u007e]+$/u;

export const word = (what: string) => z.string().min(1).max(16_384).regex(NO_SPACE).describe(what);
export const printable = (max: number) => z.string().min(1).max(max).regex(PRINTABLE);

/** Names of connections and syncs: they become parts of log lines, keys and file names. */
export const NAME = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/u)
  .describe('a name of letters, digits, _ and - that starts with a letter');

/** The address of an API. */
export const address = z
  .string()
  .max(2048)
  .regex(NO_SPACE)
  .describe("the API's address; https, or http to this machine itself");

/** Which way something goes, where there is no choice yet. */
export const direction = z
  .literal('primary-to-secondary')
  .describe('primary-to-secondary, the only direction in this version');
