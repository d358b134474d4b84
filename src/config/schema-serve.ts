/** The shape of `serve`: where the daemon receives what systems tell by themselves. A part of `schema.ts`. */
import { z } from 'zod';
import { word } from './schema-parts.ts';

export const SERVE = z
  .strictObject({
    listen: word('host:port, such as 127.0.0.1:8787'),
    behindProxy: z.boolean().describe('true where a proxy of yours with TLS stands in front').optional(),
  })
  .describe('{ listen: 127.0.0.1:8787 }: where `concord serve` receives webhooks');

export type ServeText = z.infer<typeof SERVE>;
