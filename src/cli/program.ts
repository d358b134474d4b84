/**
 * The commands and their options, as commander sees them: names, help texts, and which function runs.
 *
 * Decides what can be typed. Holds no behaviour of a command; each is loaded only when it runs.
 */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { DemoOptions } from './commands/load-demo.ts';
import type { InitOptions } from './commands/init.ts';
import { DEFAULT_CONFIG } from './session.ts';
import type { Session } from './session.ts';
import { WAYS } from './sign-in-results.ts';
import type { Way } from './sign-in-results.ts';

/** Runs a command with the session that its options ask for, and keeps its exit code. */
export type Start = (command: Command, run: (session: Session) => Promise<ExitCode>) => Promise<void>;

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Builds the program; `version` is what --version prints. */
export function buildProgram(version: string, start: Start): Command {
  const program = new Command('concord')
    .description(
      'Keeps Constant Contact and your database agreed about people, so that nobody who opted out is mailed again.',
    )
    .version(version)
    .option('--config <file>', 'the configuration', DEFAULT_CONFIG)
    .option('--json', 'print one JSON object a line on standard output, and nothing else there')
    .option('--quiet', 'print no progress, notes or summaries')
    .option('--verbose', 'print the trace of an error');
  addTryCommands(program, start);
  addPassCommands(program, start);
  addQuestionCommands(program, start);
  addDecisionCommands(program, start);
  return program;
}

function addTryCommands(program: Command, start: Start): void {
  program
    .command('demo')
    .description('show the whole product with no account')
    .option('--contacts <n>', 'people in the world (300; at least 60)', parseCount)
    .option('--seed <n>', 'another world', parseCount)
    .option('--crm', "one donor's day in the account and in a CRM, both ways, ending with `why`")
    .option('--keep', 'keep the configuration, the store and the mirror, to ask them about people')
    .action(async (options: Pick<DemoOptions, 'contacts' | 'seed' | 'crm' | 'keep'>, command: Command) =>
      start(command, async (session) => (await import('./commands/load-demo.ts')).startDemo(session, options)),
    );
  program
    .command('simulate')
    .description('run the simulators until ^C')
    .option('--port <n>', 'port of the simulated account; the control door and the CRM take the next two', parsePort)
    .option('--contacts <n>', 'people in the account', parseCount, 1000)
    .option('--seed <n>', 'another account', parseCount)
    .option('--faults <file>', 'what goes wrong, as JSON')
    .action(async (options: { port?: number; contacts: number; seed?: number; faults?: string }, command: Command) =>
      start(command, async (session) =>
        (await import('./commands/simulate.ts')).runSimulate(session, {
          port: options.port,
          contacts: options.contacts,
          seed: options.seed,
          faults: options.faults,
        }),
      ),
    );
  addInit(program, start);
  addSignIn(program, start);
}

function addSignIn(program: Command, start: Start): void {
  program
    .command('connect <connection>')
    .description('sign a connection in')
    .addOption(
      new Option('--with <way>', 'a browser here, a code for another device, or a pasted token').choices([...WAYS]),
    )
    .action(async (name: string, options: { with?: Way }, command: Command) =>
      start(command, async (session) =>
        (await import('./commands/connect.ts')).runConnect(session, name, options.with),
      ),
    );
  program
    .command('keys')
    .description('make a master key, or move every secret to the present one')
    .addArgument(new Argument('<what>', 'what to do').choices(['new', 'rotate']))
    .argument('[file]', 'where the new key is kept')
    .action(async (what: 'new' | 'rotate', file: string | undefined, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/keys.ts')).runKeys(session, what, file)),
    );
}

function addInit(program: Command, start: Start): void {
  program
    .command('init')
    .description('ask, and write the configuration')
    .option('--store <file>', "Concord's own file")
    .option('--connection <name>', 'name of the Constant Contact connection')
    .addOption(new Option('--base-url <url>', "address of the API, if not the vendor's"))
    .option('--token-variable <name>', 'environment variable with the access token')
    .option('--target <file>', 'SQLite file to write to')
    .addOption(new Option('--mode <mode>', 'what to write').choices(['mirror', 'table']))
    .option('--prefix <text>', "beginning of the mirror's table names")
    .option('--table <name>', 'your table')
    .option('--key <column>', 'its column with the email address')
    .option('--consent <column>', 'its yes/no column, or "none"')
    .option('--first-name <column>', 'its column for the first name')
    .option('--last-name <column>', 'its column for the last name')
    .option('--yes', 'ask nothing: take flags and defaults')
    .option('--force', 'replace a file that exists')
    .action(async (options: InitOptions, command: Command) =>
      start(command, async (session) => (await import('./commands/init.ts')).runInit(session, options)),
    );
}

function addPassCommands(program: Command, start: Start): void {
  program
    .command('check')
    .description('try configuration, credentials, scopes, schema, quota and clock')
    .action(async (_options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/check.ts')).runCheck(session)),
    );
  program
    .command('plan [sync]')
    .description('say what a pass would do and cost; write nothing')
    .option('--out <file>', 'save the plan for `apply`')
    .option('--explain', 'say how new people would be made, what that costs, and why so')
    .action(async (sync: string | undefined, options: { out?: string; explain?: boolean }, command: Command) =>
      start(command, async (session) => (await import('./commands/plan.ts')).runPlan(session, sync, options)),
    );
  program
    .command('sync [sync]')
    .description('run a full pass')
    .action(async (sync: string | undefined, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/sync.ts')).runSync(session, sync)),
    );
  program
    .command('serve')
    .description('run the schedules of the configuration until ^C')
    .action(async (_options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/serve.ts')).runServe(session)),
    );
  program
    .command('apply <file>')
    .description('carry out a saved plan, but no line whose base has moved')
    .action(async (file: string, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/apply.ts')).runApply(session, file)),
    );
  program
    .command('verify [sync]')
    .description('read both sides completely and account for each difference')
    .action(async (sync: string | undefined, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/verify.ts')).runVerify(session, sync)),
    );
}

function addQuestionCommands(program: Command, start: Start): void {
  program
    .command('status')
    .description('show freshness, waiting work, budgets, and whether it is safe to send')
    .action(async (_options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/status.ts')).runStatus(session)),
    );
  program
    .command('why <email>')
    .description('tell the story of one person')
    .option('--list <name>', 'why they are, or are not, in this list')
    .action(async (email: string, options: { list?: string }, command: Command) =>
      start(command, async (session) => (await import('./commands/why.ts')).runWhy(session, email, options.list)),
    );
  addEvidence(program, start);
  addUndo(program, start);
  program
    .command('release <hash>')
    .description('let exactly the stopped plan with this hash through')
    .action(async (hash: string, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/release.ts')).runRelease(session, hash)),
    );
}

function addEvidence(program: Command, start: Start): void {
  program
    .command('evidence <email>')
    .description('the proof of consent for one address: what was said, what was done, what stands')
    .action(async (email: string, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/evidence.ts')).runEvidence(session, email)),
    );
  program
    .command('forget <email>')
    .description('erase one person from the store for good; an opt-out goes on suppressing the address')
    .action(async (email: string, _options: object, command: Command) =>
      start(command, async (session) => (await import('./commands/forget.ts')).runForget(session, email)),
    );
}

function addUndo(program: Command, start: Start): void {
  program
    .command('undo <run>')
    .description('show what would take back a run: reversible, partly, never; write nothing')
    .option('--apply', 'then put back into your table what is reversible')
    .action(async (run: string, options: { apply?: boolean }, command: Command) =>
      start(command, async (session) =>
        (await import('./commands/undo.ts')).runUndo(session, run, options.apply === true),
      ),
    );
}

/** What waits for a person, and what a person decides about it. */
function addDecisionCommands(program: Command, start: Start): void {
  const commands = () => import('./commands/waiting.ts');
  program
    .command('conflicts [sync]')
    .description('list the people about whom the two sides, or the channels, disagree')
    .action(async (sync: string | undefined, _options: object, command: Command) =>
      start(command, async (session) => (await commands()).runList(session, 'conflicts', sync)),
    );
  program
    .command('parked [sync]')
    .description('list what was refused, or could not be understood')
    .action(async (sync: string | undefined, _options: object, command: Command) =>
      start(command, async (session) => (await commands()).runList(session, 'parked', sync)),
    );
  program
    .command('retry <sync> [id]')
    .description('have the next pass send again what the account refused: one record, or all')
    .action(async (sync: string, id: string | undefined, _options: object, command: Command) =>
      start(command, async (session) => (await commands()).runDecision(session, 'retry', sync, id)),
    );
  program
    .command('dismiss <sync> <id>')
    .description('leave the account as it is, though your table says otherwise; never an opt-out')
    .action(async (sync: string, id: string, _options: object, command: Command) =>
      start(command, async (session) => (await commands()).runDecision(session, 'dismiss', sync, id)),
    );
  program
    .command('resolve <sync> <id>')
    .description('settle a conflict or an alarm')
    .addArgument(
      new Argument('<how>', 'keep: leave it as it is until it changes; lower: put the no back into your rows').choices([
        'keep',
        'lower',
      ]),
    )
    .action(async (sync: string, id: string, how: 'keep' | 'lower', _options: object, command: Command) =>
      start(command, async (session) => (await commands()).runDecision(session, how, sync, id)),
    );
}

function parseCount(text: string): number {
  return parseWhole(text, 10_000_000);
}

function parsePort(text: string): number {
  return parseWhole(text, 65_535);
}

function parseWhole(text: string, max: number): number {
  const value = /^[0-9]{1,9}$/u.test(text) ? Number(text) : NaN;
  if (!(value <= max)) throw new InvalidArgumentError(`expected a whole number up to ${max}.`);
  return value;
}
