/** The simulator as the script sees it: through its control door alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** One contact as the simulator's truth has it. */
export interface TrueContact {
  readonly contact_id: string;
  readonly deleted_at?: string;
  readonly email_address?: { readonly address: string; readonly permission_to_send: string } | null;
  readonly first_name?: string;
  readonly list_memberships: readonly string[];
  readonly taggings: readonly string[];
  readonly custom_fields: readonly unknown[];
  readonly phone_numbers: readonly { readonly phone_number_id: string }[];
  readonly street_addresses: readonly { readonly street_address_id: string }[];
  readonly notes: readonly { readonly note_id: string }[];
}

interface Ready {
  readonly control: string;
  readonly constantContact: { readonly v3: string; readonly token: string };
}

const PAGE = 1000;

export class World implements AsyncDisposable {
  readonly v3: string;
  readonly token: string;
  readonly #control: string;
  readonly #close: () => Promise<void>;

  private constructor(ready: Ready, close: () => Promise<void>) {
    this.v3 = ready.constantContact.v3;
    this.token = ready.constantContact.token;
    this.#control = ready.control;
    this.#close = close;
  }

  static async start(contacts: number, seed: number): Promise<World> {
    const program = fileURLToPath(new URL('simulator.ts', import.meta.url));
    const child = spawn(process.execPath, [program, String(contacts), String(seed)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return new World(JSON.parse(line.toString()) as Ready, async () => {
      child.stdin.end();
      await once(child, 'exit');
    });
  }

  async mutate(operations: readonly object[]): Promise<void> {
    const answer = await fetch(`${this.#control}/mutate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operations),
    });
    if (!answer.ok) throw new Error(`the simulator refused: ${await answer.text()}`);
  }

  async contacts(): Promise<TrueContact[]> {
    const all: TrueContact[] = [];
    for (;;) {
      const page = (await this.#get(`/truth?offset=${all.length}&limit=${PAGE}`)) as { contacts: TrueContact[] };
      all.push(...page.contacts);
      if (page.contacts.length < PAGE) return all;
    }
  }

  async requests(): Promise<number> {
    return ((await this.#get('/requests?totals=1')) as { total: number }).total;
  }

  async #get(path: string): Promise<unknown> {
    return (await fetch(this.#control + path)).json();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
