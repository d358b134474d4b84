/**
 * turns: notices sign-ups of one person that are under way at the same time.
 *
 * The vendor refuses the second of two simultaneous sign-ups of one contact. Here two overlap only where the first is held up, as by
 * the fault `slow`. Whoever comes second is refused, whoever comes after the first has ended is not.
 */
import { FREE } from '../host.ts';
import { addressKey } from '../world/world.ts';
import { V3_PATH } from './v3/router.ts';

export interface Turn {
  /** Whether another sign-up of the same person is under way. */
  readonly clashes: boolean;
  /** To be called when the request has been answered. */
  end(): void;
}

export class Turns {
  readonly #underWay = new Set<string>();

  /** Begins a request's turn. */
  begin(method: string, path: string, body: Buffer): Turn {
    const key = method === 'POST' && path === `${V3_PATH}/contacts/sign_up_form` ? personOf(body) : null;
    if (key === null) return FREE;
    if (this.#underWay.has(key)) return { clashes: true, end: () => undefined };
    this.#underWay.add(key);
    return { clashes: false, end: () => this.#underWay.delete(key) };
  }
}

/** Reads whom a sign-up is about; null where it cannot be told, which the call itself will refuse. */
function personOf(body: Buffer): string | null {
  const [, address] = /"email_address"\s*:\s*"([^"\\]+)"/.exec(body.toString('utf8')) ?? [];
  return address === undefined ? null : addressKey(address);
}
