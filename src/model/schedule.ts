/**
 * When passes of a sync start by themselves. Shape only: what is valid is the configuration's affair, what it means in
 * time that of `rules/next-due.ts`.
 */

/** `expression`: cron, five fields, in UTC. */
export type Schedule =
  { readonly kind: 'every'; readonly ms: number } | { readonly kind: 'cron'; readonly expression: string };
