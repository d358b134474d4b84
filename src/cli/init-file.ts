/**
 * The `concord.yaml` that `init` writes: answers in, text out. Pure.
 *
 * Decides the layout and the comments. Every answer is written so that it can be nothing but a value: in quotes, with
 * "${" made literal; only the token's variable is meant to be read from the environment.
 */
export interface InitAnswers {
  readonly store: string;
  /** Name of the connection to Constant Contact. */
  readonly connection: string;
  /** Null: the vendor's. */
  readonly baseUrl: string | null;
  /** Name of the environment variable with the access token. */
  readonly tokenVariable: string;
  /** The SQLite file that is the other side. */
  readonly target: string;
  readonly shape:
    | { readonly mode: 'mirror'; readonly prefix: string }
    | {
        readonly mode: 'table';
        readonly table: string;
        readonly key: string;
        /** Null: `consent: none`. */
        readonly consent: string | null;
        readonly firstName: string | null;
        readonly lastName: string | null;
      };
}

/** Writes the file's text. */
export function writeInitFile(answers: InitAnswers): string {
  const name = quote(answers.connection);
  return [
    "# Concord's configuration; docs/configuration.md describes every key.",
    `store: ${quote(answers.store)} # what Concord remembers; not one of the sides`,
    'reconcile: every 24h # how often everything is read, besides what changed',
    'connections:',
    `  ${name}:`,
    '    connector: constant-contact',
    ...(answers.baseUrl === null ? [] : [`    baseUrl: ${quote(answers.baseUrl)}`]),
    `    auth: { accessToken: "\${${answers.tokenVariable}}" } # read from the environment, never written here`,
    `  ${TARGET}:`,
    '    connector: sqlite',
    `    file: ${quote(answers.target)}`,
    'syncs:',
    ...syncLines(answers, name),
    '',
  ].join('\n');
}

/** Name of the connection to the database. */
export const TARGET = 'database';

function syncLines({ shape }: InitAnswers, primary: string): readonly string[] {
  const sides = [`    primary: ${primary}`, `    secondary: ${TARGET}`];
  if (shape.mode === 'mirror') {
    return [
      '  copy: # everything, into tables that Concord owns',
      ...sides,
      '    mode: mirror',
      `    prefix: ${quote(shape.prefix)}`,
      '    streams: all',
    ];
  }
  return [
    '  people: # into a table of your own; rows that Concord did not write are left alone',
    ...sides,
    '    contacts:',
    `      table: ${quote(shape.table)}`,
    `      key: ${quote(shape.key)}`,
    '      fields:',
    `        email_address: ${quote(shape.key)}`,
    ...(shape.firstName === null ? [] : [`        first_name: ${quote(shape.firstName)}`]),
    ...(shape.lastName === null ? [] : [`        last_name: ${quote(shape.lastName)}`]),
    shape.consent === null ? '      consent: none' : `      consent: { column: ${quote(shape.consent)} }`,
  ];
}

/** The replacement is a function: in a text `$$` would stand for a single `$`. */
function quote(text: string): string {
  return JSON.stringify(text.replaceAll('${', () => '$${'));
}
