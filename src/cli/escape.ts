/**
 * Text from outside, made harmless for a terminal and a log (C7, C8): control characters and bidi controls are shown as
 * escapes, so that no name or address can move the cursor, recolour a line or turn it around.
 */

// eslint-disable-next-line no-control-regex -- control characters are exactly what is escaped
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Escapes everything that a terminal would act on instead of show. */
export function escapeText(text: string): string {
  return text.replaceAll(HOSTILE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes a value as one line of JSON in which nothing hostile stands in clear; a parser reads the same value back. */
export function escapeJson(value: unknown): string {
  return escapeText(JSON.stringify(value));
}
