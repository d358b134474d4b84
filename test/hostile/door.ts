/**
 * A door: a place where something that others made comes in, with a maker of hostile things for it.
 *
 * An input is plain JSON, so that one which was found bad can be kept in `corpus/` and given again. Must never hold a way
 * in that the product does not have.
 */
import type { Draw } from './draw.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Door {
  readonly name: string;
  /** How often it is tried beside the others; what works on files is dear. */
  readonly weight: number;
  /** Makes an input; the same draw makes the same one. */
  make(draw: Draw): Json;
  /** Hands the input in as the product would. Throws whatever it throws, and Broken where a promise was not kept. */
  open(input: Json): void | Promise<void>;
  /** Tells a refusal that this door may give: an error of our own, with a sentence for people. */
  refuses(error: unknown): boolean;
}

/** Thrown by a door whose answer is wrong although nothing failed. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Throws Broken with this sentence unless a promise was kept. */
export function promise(kept: boolean, sentence: string): void {
  if (!kept) throw new Broken(sentence);
}

/** Reads a member of an input; an input that was shortened may lack it. */
export function member(input: Json | undefined, key: string): Json | undefined {
  return input !== null && typeof input === 'object' && !Array.isArray(input) && Object.hasOwn(input, key)
    ? (input as Readonly<Record<string, Json>>)[key]
    : undefined;
}

export function textOf(input: Json | undefined): string {
  return typeof input === 'string' ? input : '';
}

export function numberOf(input: Json | undefined): number {
  return typeof input === 'number' && Number.isFinite(input) ? input : 0;
}

export function listOf(input: Json | undefined): readonly Json[] {
  return Array.isArray(input) ? (input as readonly Json[]) : [];
}
