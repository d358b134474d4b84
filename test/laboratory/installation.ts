/**
 * One Concord beside one simulated account: a mirror and a user's table.
 */
import { join } from 'node:path';
import type { Transport } from '../../src/ports/transport.ts';
import type { Setup } from './history.ts';
import { createInsideTransport } from './inside-transport.ts';
import { Machine } from './machine.ts';
import { OwnerHome } from './owner-home.ts';
import { Secondary } from './secondary.ts';
import { TokenWatch } from './token-watch.ts';

export class Installation extends Machine {
  readonly secondary: Secondary;
  readonly home: OwnerHome;
  /** Who went into which job, by the activity's id and the addresses' keys. */
  readonly jobs = new Map<string, ReadonlySet<string>>();
  /** The list that the file names for new people, as it was named on the first day. */
  readonly firstList: string;
  readonly firstListId: string;
  readonly #setup: Setup;

  constructor(setup: Setup) {
    super(setup, setup.signIn === null ? null : new TokenWatch(setup.signIn.rotating));
    this.#setup = setup;
    const list = [...this.simulator.world.state.lists.values()].find(({ deletedAt }) => deletedAt === null);
    this.firstList = list?.name ?? '';
    this.firstListId = list?.id ?? '';
    this.secondary = new Secondary(join(this.folder, 'app.db'));
    this.home = new OwnerHome(this.secondary);
  }

  protected configText(): string {
    const { perDay, reconcileHours, twoWay, home } = this.#setup;
    const direction = twoWay ? ', direction: two-way' : '';
    return `store: ./concord.db
reconcile: every ${reconcileHours}h
masterKey: { file: ./concord.key }
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: http://127.0.0.1:1/v3
    auth: ${this.tokens === null ? '{ accessToken: "${CC_TOKEN}" }' : '{ clientId: simulator-api-key, server: http://127.0.0.1:1/oauth2/default/v1 }'}
    budget: { perSecond: 4, perDay: ${perDay} }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy:
    primary: cc
    secondary: app
    mode: mirror
    streams: [contacts, lists, tags, custom_fields]
  website:
    primary: cc
    secondary: app
    contacts:
      table: people
      key: email
      fields: { email_address: email, first_name: { to: given_name${direction} }, last_name: { to: family_name, write: if-empty } }
      consent: { column: may_email${direction} }
${home?.creates === true ? `      create: { evidence: signed_up, lists: [${JSON.stringify(this.firstList)}] }\n` : ''}${
      home?.members === true
        ? '    lists: { as: table, table: newsletter_members, person: email, list: list_name, direction: two-way }\n'
        : ''
    }`;
  }

  protected network(meanwhile: () => void): Transport {
    const { clock, simulator } = this;
    const { latencyMs, home } = this.#setup;
    const imports = { rows: home?.importRows ?? null, jobs: this.jobs };
    return createInsideTransport({ simulator, clock, latencyMs, meanwhile, imports, line: this.tokens });
  }
}
