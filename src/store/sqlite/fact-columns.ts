/**
 * The columns of a fact, as a query of the store names them. Data only.
 */

/** All of a ConsentFact, from `facts AS f`. */
export const FACT = `f.contact_id AS contactId, f.match_key AS matchKey, f.medium, f.scope, f.sync, f.side, f.fact, f.channel,
  f.actor, f.at, f.read_at AS readAt, f.evidence, f.run`;
