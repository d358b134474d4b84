/**
 * actor: who made a change, for the truth log.
 *
 * The API alone can tell `Account` from `Contact`; a test has to tell its own client's writes from what the control door did. It
 * decides nothing and is never shown by the API.
 */
export type Actor =
  | { readonly actor: 'control' }
  | { readonly actor: 'api'; readonly call: string }
  | { readonly actor: 'activity'; readonly activity_id: string };

/** The control door and tests: whatever happens behind the API's back. */
export const CONTROL: Actor = { actor: 'control' };
