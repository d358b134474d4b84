/** The shape of a connection to Virtuous CRM+. A part of `schema.ts`, under its rules. */
import { z } from 'zod';
import { address, NAME, word } from './schema-parts.ts';

const hourlyBudget = z
  .strictObject({
    perHour: z
      .int()
      .min(10)
      .max(1_000_000)
      .describe('requests an hour until the vendor says how many there are, a whole number from 10')
      .meta({ default: 1_500 })
      .optional(),
    share: z
      .int()
      .min(1)
      .max(100)
      .describe("percent of each hour that Concord may use, 1 to 100; the rest is your other tools'")
      .meta({ default: 80 })
      .optional(),
    group: NAME.describe(
      'the name of an organisation shared by several connections: letters, digits, _ and -',
    ).optional(),
  })
  .describe('the hour that all tools of an organisation share: perHour, share and group');

const WEBHOOK = z
  .strictObject({
    secret: word('the secret that you gave the webhook, best as "${NAME}" from the environment'),
    previousSecret: word("the secret before it, while one takes the other's place").optional(),
    header: z
      .string()
      .max(100)
      .regex(/^[A-Za-z][A-Za-z0-9-]*$/u)
      .describe('the name of the header with the signature')
      .meta({ default: 'X-Virtuous-Signature' })
      .optional(),
    encoding: z.enum(['base64', 'hex']).describe('base64 or hex').meta({ default: 'base64' }).optional(),
  })
  .describe('how deliveries are known to be true: secret, previousSecret, header and encoding');

export const VIRTUOUS = z
  .strictObject({
    connector: z.literal('virtuous'),
    baseUrl: address.optional(),
    auth: z
      .strictObject({
        apiKey: word('an API key of the organisation, best as "${NAME}" from the environment').optional(),
        username: word('the name of a user whom `concord connect` signs in; the password is asked for then').optional(),
      })
      .describe('how to sign in: apiKey, or username and then `concord connect`'),
    budget: hourlyBudget.optional(),
    webhook: WEBHOOK.optional(),
  })
  .describe('a connection to an organisation in Virtuous CRM+');

export type VirtuousText = z.infer<typeof VIRTUOUS>;
export type WebhookText = z.infer<typeof WEBHOOK>;
