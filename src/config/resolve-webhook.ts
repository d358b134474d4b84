/**
 * Webhooks in: whose deliveries are believed, and where they are received.
 *
 * Decides that a delivery without a secret is never taken, and that only this machine itself is listened on unless the
 * file says that a proxy of yours stands in front (C1, C5).
 */
import type { Webhook, Serve } from './config.ts';
import type { Findings } from './findings.ts';
import type { ServeText } from './schema-serve.ts';
import type { WebhookText } from './schema-virtuous.ts';
import { Secret } from './secret.ts';

/** Its newer documentation presumes this name and says to confirm it; the header's real name is unknown. */
const DEFAULT_HEADER = 'X-Virtuous-Signature';
const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/u;

/** Resolves a connection's `webhook`. */
export function resolveWebhook(text: WebhookText): Webhook {
  const { secret, previousSecret, header = DEFAULT_HEADER, encoding = 'base64' } = text;
  return Object.freeze({
    secret: new Secret(secret),
    previousSecret: previousSecret === undefined ? null : new Secret(previousSecret),
    header: header.toLowerCase(),
    encoding,
  });
}

/** Checks and resolves `serve`; null when it is not there or has problems. */
export function resolveServe(text: ServeText | undefined, findings: Findings): Serve | null {
  if (text === undefined) return null;
  const url = URL.parse(`http://${text.listen}`);
  const port = Number(/:([0-9]{1,5})$/u.exec(text.listen)?.[1] ?? '0');
  const place = ['serve', 'listen'];
  if (url === null || `${url.hostname}:${port}` !== text.listen || port === 0) {
    findings.add(place, 'is no place to listen; expected host:port, such as 127.0.0.1:8787', 'value');
    return null;
  }
  if (!LOOPBACK.test(url.hostname) && text.behindProxy !== true) {
    findings.add(
      place,
      'is open to others; listen on 127.0.0.1, or write behindProxy: true where a proxy of yours with TLS stands in front',
      'value',
    );
    return null;
  }
  return Object.freeze({ host: url.hostname === '[::1]' ? '::1' : url.hostname, port });
}
