/**
 * hook-door: opens the daemon's door for deliveries, where the configuration has one.
 *
 * Decides which connections are listened for. Must never keep a secret beyond the door's own closing.
 */
import type { VirtuousConnection } from '../config/config.ts';
import type { OpenInbound } from '../ports/inbound.ts';
import type { Endpoint } from '../webhooks/judge-delivery.ts';
import { receive, type HookEvent } from './hooks.ts';
import type { Installation } from './installation.ts';

/** Listens until disposed; null where the file does not say where. Throws InboundTaken. */
export async function openHookDoor(
  { config, store, ports }: Installation,
  tell: (event: HookEvent) => void,
): Promise<OpenInbound | null> {
  if (config.serve === null) return null;
  const endpoints = new Map(
    config.connections
      .filter((connection) => connection.connector === 'virtuous')
      .flatMap((connection) => {
        const endpoint = endpointOf(connection);
        return endpoint === null ? [] : [[connection.name, endpoint] as const];
      }),
  );
  const parts = { inbox: store, clock: ports.clock, endpoints, tell };
  return ports.inbound.listen(config.serve, (posted) => receive(parts, posted));
}

function endpointOf({ webhook }: VirtuousConnection): Endpoint | null {
  if (webhook === null) return null;
  const { header, encoding, secret, previousSecret } = webhook;
  const secrets = [secret, ...(previousSecret === null ? [] : [previousSecret])].map((one) => one.reveal());
  return { header, encoding, secrets };
}
