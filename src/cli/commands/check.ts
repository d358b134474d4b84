/**
 * `check`: which step fails, and how to mend it, from the configuration to the clock.
 *
 * Decides that a faulty configuration is the first failed step, reported as such, not an error of the command;
 * so is a store that cannot be opened.
 */
import type { Config } from '../../config/config.ts';
import { ConfigError, formatProblem } from '../../config/problems.ts';
import type { Problem } from '../../config/problems.ts';
import { StoreRefused } from '../../model/errors.ts';
import { EXIT, worstExit } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { noticeOf } from '../messages.ts';
import type { Output } from '../output.ts';
import { renderCheckStep } from '../render-check.ts';
import type { CheckStep } from '../results.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. */
export async function runCheck(session: Session): Promise<ExitCode> {
  const config = await readChecked(session);
  if (config === null) return EXIT.usage;
  const exits: ExitCode[] = [];
  const report = async (step: CheckStep): Promise<void> => {
    await show(step, session.output);
    exits.push(exitOfStep(step));
  };
  try {
    await withApplication(session, config, async ({ application, call }) => {
      for await (const step of application.check(call)) await report(step);
    });
  } catch (error) {
    // Nothing else can be tried without the store; it is the first step that fails.
    if (!(error instanceof StoreRefused) || exits.length > 0) throw error;
    await report({ ...stepOf('store', 'failed', { file: config.store }), messages: [noticeOf(error)] });
  }
  return worstExit(exits);
}

function exitOfStep({ verdict, reconnect }: CheckStep): ExitCode {
  if (verdict !== 'failed') return EXIT.ok;
  return reconnect === null ? EXIT.failed : EXIT.reconnect;
}

async function readChecked(session: Session): Promise<Config | null> {
  try {
    const config = await readConfig(session);
    const verdict = config.warnings.length === 0 ? 'ok' : 'warning';
    await show(stepOf('configuration', verdict, { syncs: config.syncs.length }), session.output);
    await showProblems(config.file, config.warnings, session.output);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await show(stepOf('configuration', 'failed', { problems: error.problems.length }), session.output);
    await showProblems(error.file, error.problems, session.output);
    return null;
  }
}

function stepOf(step: CheckStep['step'], verdict: CheckStep['verdict'], found: CheckStep['found']): CheckStep {
  return { step, subject: null, verdict, found, messages: [], reconnect: null };
}

async function show(step: CheckStep, output: Output): Promise<void> {
  await output.json({ kind: 'check', ...step });
  if (!output.mode.quiet || step.verdict !== 'ok') await output.lines(renderCheckStep(step));
}

/** Shows problems of a configuration, one a line. */
export async function showProblems(file: string, problems: readonly Problem[], output: Output): Promise<void> {
  for (const problem of problems) {
    const { position, key, message } = problem;
    await output.json({ kind: 'problem', file, ...position, key, message });
    await output.complain(formatProblem(file, problem));
  }
}
