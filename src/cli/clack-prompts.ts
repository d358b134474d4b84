/**
 * Questions on a terminal, by @clack/prompts. The only file that knows it.
 */
import { confirm, intro, isCancel, outro, password, select, text } from '@clack/prompts';
import { PromptCancelled } from './prompts.ts';
import type { Prompts } from './prompts.ts';

/** Makes prompts on this terminal. */
export function createClackPrompts(): Prompts {
  return {
    begin: (title) => intro(title),
    text: async (message, { initial, check }) =>
      answered(
        await text({
          message,
          initialValue: initial,
          validate: (answer) => check(answer ?? '') ?? undefined,
        }),
      ),
    select: async <T extends string>(
      message: string,
      choices: readonly { readonly value: T; readonly label: string }[],
    ) => {
      const picked = answered(await select<string>({ message, options: choices.map((choice) => ({ ...choice })) }));
      const choice = choices.find(({ value }) => value === picked);
      if (choice === undefined) throw new PromptCancelled();
      return choice.value;
    },
    secret: async (message) => answered(await password({ message })),
    confirm: async (message) => answered(await confirm({ message, initialValue: false })),
    end: (message) => outro(message),
  };
}

/** Leaves by exception when the person pressed escape or ^C. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer) || typeof answer === 'symbol') throw new PromptCancelled();
  return answer as Exclude<T, symbol>;
}
