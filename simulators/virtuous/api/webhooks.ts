/**
 * webhooks: registering receivers (virtuous-crm §9). There is no list of them: a client keeps the id. A PUT replaces every flag.
 */
import { z } from 'zod';
import { FLAGS, type Flag, type Webhook } from '../crm/webhooks.ts';
import { CrmRefusal, invalid, missing, type Reply } from './answer.ts';
import { flag, readBody, shapeOf, text } from './body.ts';
import { flagOf, idOf, type Call } from './call.ts';

const flags = Object.fromEntries(FLAGS.map((name) => [name, flag])) as Record<Flag, typeof flag>;
const WEBHOOK = shapeOf('webhook', (object) =>
  object({ payloadUrl: z.url({ protocol: /^https?$/ }).max(2_000), secret: text, active: flag, ...flags }),
);

/** Answers `POST /api/Webhook`. */
export function postWebhook(call: Call): Reply {
  return keep(call, call.crm.nextId(), 'webhook.created');
}

/** Answers `GET /api/Webhook/{id}`. */
export function getWebhook(call: Call): Reply {
  const webhook = call.webhooks.all.get(idOf(call));
  if (webhook === undefined) throw missing();
  return { status: 200, body: webhookJson(webhook) };
}

/** Answers `PUT /api/Webhook/{id}`. */
export function putWebhook(call: Call): Reply {
  return keep(call, known(call).id, 'webhook.edited');
}

/** Answers `PUT /api/Webhook/{id}/Active?active=`; events of the time in which it is not are lost. */
export function putActive(call: Call): Reply {
  const webhook = known(call);
  if (!call.query.has('active')) throw invalid({ active: ['The parameter active is required.'] });
  const after = { ...webhook, active: flagOf(call.query, 'active') };
  call.webhooks.all.set(after.id, after);
  call.crm.record('webhook.edited', { webhook_id: after.id, active: after.active });
  return { status: 200, body: webhookJson(after) };
}

/** Answers `DELETE /api/Webhook/{id}`. */
export function deleteWebhook(call: Call): Reply {
  const { id } = known(call);
  call.webhooks.all.delete(id);
  call.crm.record('webhook.deleted', { webhook_id: id });
  return { status: 200, body: {} };
}

function keep(call: Call, id: number, kind: string): Reply {
  const body = readBody(call, WEBHOOK);
  const chosen = Object.fromEntries(FLAGS.map((name) => [name, body[name] ?? false])) as Webhook['flags'];
  const webhook = {
    id,
    payloadUrl: body.payloadUrl,
    secret: body.secret || null,
    active: body.active ?? false,
    flags: chosen,
  };
  call.webhooks.all.set(id, webhook);
  call.crm.record(kind, { webhook_id: id, active: webhook.active });
  return { status: 200, body: webhookJson(webhook) };
}

function known(call: Call): Webhook {
  const found = call.webhooks.all.get(idOf(call));
  if (found === undefined) throw new CrmRefusal(400, `The webhook ${idOf(call)} could not be found.`);
  return found;
}

function webhookJson({ id, payloadUrl, secret, active, flags: chosen }: Webhook): Record<string, unknown> {
  return { id, payloadUrl, secret, ...chosen, active };
}
