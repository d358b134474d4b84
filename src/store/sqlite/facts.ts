/**
 * Consent facts: append-only, each kept once however often it is told.
 *
 * Must never change or remove one; the database refuses it too. What a fact means is decided elsewhere.
 */
import type { ConsentFact } from '../../model/consent.ts';
import { type ChainedFact, type ChainEnd, type ChainLink, linkAfter } from '../fact-chain.ts';
import type { NameForgotten } from '../forgotten.ts';
import { forgottenNames, openHead, putEnd } from './chain.ts';
import type { Db } from './database.ts';

/**
 * Adds facts, inside the caller's transaction, each chained to the one before; one that is known already stays as it
 * was first told, and the chain does not move for it.
 */
export function addFacts(db: Db, sync: string, facts: readonly ConsentFact[]): void {
  if (facts.length === 0) return;
  const { key, ...before } = openHead(db);
  let end: ChainEnd = before;
  const names = forgottenNames(db);
  for (const told of facts) {
    const fact = { ...told, sync, releases: releasesOf(db, told.matchKey, names) };
    const link = linkAfter(end, key, fact);
    if (insert(db, fact, link)) end = link;
  }
  if (end !== before) putEnd(db, end);
}

/** A fact that is told again after a release is told anew: the release must not free from what came after it. */
function releasesOf(db: Db, matchKey: string | null, names: NameForgotten | null): number {
  if (matchKey === null) return 0;
  const sql = "SELECT count(*) AS count FROM facts WHERE tenant = @tenant AND match_key = ? AND actor = 'operator'";
  const count = (key: string) => db.one<{ count: number }>(sql, key)?.count ?? 0;
  return count(matchKey) + (names === null ? 0 : count(names(matchKey)));
}

function insert(db: Db, fact: ChainedFact, { seq, prev, who, hash }: ChainLink): boolean {
  const added = db.run(
    `INSERT INTO facts (tenant, sync, side, contact_id, match_key, medium, scope, fact, channel, actor, at, read_at,
       evidence, run, releases, seq, prev, who, hash)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    fact.sync,
    fact.side,
    fact.contactId,
    fact.matchKey,
    fact.medium,
    fact.scope,
    fact.fact,
    fact.channel,
    fact.actor,
    fact.at,
    fact.readAt,
    fact.evidence,
    fact.run,
    fact.releases,
    seq,
    prev,
    who,
    hash,
  );
  return added > 0;
}
