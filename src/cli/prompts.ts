/**
 * Questions to a person, as `init` and `connect` need them. A terminal answers them in production, a script in tests.
 */

/** Thrown when the person leaves instead of answering. */
export class PromptCancelled extends Error {
  override readonly name = 'PromptCancelled';
}

export interface Prompts {
  begin(title: string): void;
  /** `check` says what is wrong with an answer; null when nothing is. */
  text(
    question: string,
    more: { readonly initial: string; readonly check: (answer: string) => string | null },
  ): Promise<string>;
  select<T extends string>(
    question: string,
    choices: readonly { readonly value: T; readonly label: string }[],
  ): Promise<T>;
  /** Asks without showing what is typed. */
  secret(question: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
  end(message: string): void;
}
