/**
 * Which folder may import which, as data: the shape of the house, and the reason for each wall.
 *
 * The longest folder that a file lies in is its layer, and a file may be a layer by itself; a file may always import its
 * own layer. A folder without a line here fails the test. Tests beside the sources are free, but simulators' tests are not.
 */
export interface Layer {
  readonly folder: string;
  /** Layers it may import; `*`: any of src. */
  readonly may: readonly string[];
  readonly because: string;
  /** The only modules of Node it may import; left out: what PACKAGES allows. */
  readonly builtins?: readonly string[];
}

const PURE = 'it is pure: values in, values out, so that properties can be tried a million times';
const CONNECTOR = ['src/model', 'src/ports', 'src/connector'];
const READING = 'src/connectors/reading';

export const LAYERS: readonly Layer[] = [
  { folder: 'src/model', may: [], builtins: ['node:crypto', 'node:url'], because: 'the words stand under everything' },
  { folder: 'src/ports', may: [], builtins: [], because: 'a port knows neither side of it' },
  { folder: 'src/compare', may: ['src/model'], builtins: [], because: PURE },
  { folder: 'src/consent', may: ['src/model', 'src/compare', 'src/consent/states.ts'], builtins: [], because: PURE },
  {
    folder: 'src/consent/states.ts',
    may: ['src/model'],
    builtins: [],
    because: "it is the one table of vendors' words: a connector reads it, and nothing else of consent",
  },
  { folder: 'src/plan', may: ['src/model', 'src/compare', 'src/consent'], builtins: [], because: PURE },
  { folder: 'src/mapping', may: ['src/model', 'src/compare', 'src/consent', 'src/plan'], builtins: [], because: PURE },
  {
    folder: 'src/rules',
    may: ['src/model', 'src/connector', 'src/compare', 'src/consent', 'src/plan'],
    builtins: [],
    because: PURE,
  },
  { folder: 'src/connector', may: ['src/model'], builtins: [], because: 'it holds interfaces only' },
  {
    folder: 'src/secrets',
    may: ['src/model', 'src/ports', 'src/store'],
    builtins: ['node:crypto'],
    because: 'it seals and opens what it is given, and knows neither whose secret it is nor where it is kept',
  },
  { folder: 'src/store', may: ['src/model'], builtins: [], because: 'the contract knows no store that keeps it' },
  {
    folder: 'src/store/sqlite',
    may: ['src/store', 'src/model', 'src/ports'],
    because: 'a store decides nothing, it keeps',
  },
  {
    folder: 'src/http',
    may: ['src/model', 'src/ports', 'src/connector', 'src/store'],
    because: 'one client serves every connector and sees of the store only the budget ledger',
  },
  {
    folder: 'src/sign-in',
    may: ['src/model', 'src/ports', 'src/connector', 'src/store', 'src/secrets', 'src/http'],
    because: 'it keeps and renews tokens for any vendor and hands the wire one at a time',
  },
  {
    folder: 'src/webhooks',
    may: ['src/model'],
    builtins: ['node:crypto'],
    because: 'it is pure, and a stranger speaks to it first',
  },
  {
    folder: 'src/connectors/constant-contact',
    may: [...CONNECTOR, READING, 'src/consent/states.ts'],
    because: 'a connector reads and classifies; it never sees another',
  },
  {
    folder: 'src/connectors/virtuous',
    may: [...CONNECTOR, READING],
    because: 'a connector reads and classifies; it never sees another',
  },
  {
    folder: READING,
    may: ['src/model'],
    builtins: [],
    because: 'it holds the narrow checks on parsed JSON that every connector of a web API reads with, and no vendor',
  },
  {
    folder: 'src/connectors/sqlite',
    may: CONNECTOR,
    because: 'a connector reads and classifies; it never sees another',
  },
  {
    folder: 'src/engine',
    may: [
      'src/model',
      'src/ports',
      'src/compare',
      'src/consent',
      'src/plan',
      'src/mapping',
      'src/rules',
      'src/connector',
      'src/store',
    ],
    because: 'it plans by interfaces and capabilities, never by the name of a connector or a store',
  },
  {
    folder: 'src/config',
    may: ['src/model', 'src/ports'],
    because: 'it turns text into checked values and starts nothing',
  },
  { folder: 'src/adapters', may: ['src/ports'], because: 'it only fills ports with the real world' },
  { folder: 'src/application', may: ['*'], because: 'it is where the parts are put together' },
  {
    folder: 'src/demo',
    may: [
      'src/adapters',
      'src/application',
      'src/cli',
      'src/config',
      'src/connector',
      'src/connectors/sqlite',
      'src/model',
      'src/ports',
    ],
    builtins: ['node:path'],
    because: 'it plays the whole program as a user would, and looks at the result with its own eyes',
  },
  {
    folder: 'src/cli',
    may: ['src/demo', 'src/config', 'src/application', 'src/model', 'src/ports'],
    because: 'it talks to people and asks the application to do the work',
  },
  { folder: 'src/testing', may: ['*'], because: 'suites and fakes may see what they test' },
  {
    folder: 'simulators',
    may: [],
    because: 'a fact misread once must not be misread twice: no code is shared with the product',
  },
];

/** May be imported by tests alone. */
export const TESTS_ONLY = ['src/testing', 'simulators/testing'];

/** The two commands that start the simulators, by dynamic import. */
export const SIMULATOR_DOORS = ['src/cli/commands/simulate.ts', 'src/cli/commands/demo.ts'];

/** Where a module from outside may be imported in src and simulators. One that has no line here may be imported nowhere. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['src/adapters', 'src/store/sqlite', 'src/connectors/sqlite', 'simulators'],
  'node:fs/promises': ['src/adapters', 'src/store/sqlite', 'src/connectors/sqlite', 'simulators'],
  'node:http': ['src/adapters', 'simulators'],
  'node:net': ['src/adapters', 'simulators'],
  'node:dns': ['src/adapters'],
  'node:tls': ['src/adapters'],
  'node:child_process': ['src/adapters', 'src/cli'],
  'node:timers/promises': ['src/adapters', 'simulators'],
  'node:os': ['src/adapters', 'src/application', 'src/cli'],
  'node:readline': ['src/adapters', 'src/cli'],
  'node:process': ['src/adapters', 'src/cli', 'simulators'],
  'node:buffer': ['src', 'simulators'],
  'node:crypto': ['src', 'simulators'],
  'node:url': ['src', 'simulators'],
  'node:path': ['src', 'simulators'],
  'node:util': ['src', 'simulators'],
  'node:events': ['src', 'simulators'],
  'node:stream': ['src', 'simulators'],
  '@clack/prompts': ['src/cli'],
  'better-sqlite3': ['src/store/sqlite', 'src/connectors/sqlite'],
  'cli-progress': ['src/cli'],
  commander: ['src/cli'],
  croner: ['src/rules'],
  fastify: ['simulators'],
  oauth4webapi: ['src/sign-in'],
  'p-limit': ['src/application'],
  'package.json': ['src/cli'],
  undici: ['src/adapters'],
  vitest: ['src/testing'],
  yaml: ['src/config', 'src/cli'],
  zod: ['src', 'simulators'],
};
