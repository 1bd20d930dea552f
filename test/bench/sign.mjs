import { createHmac } from 'node:crypto';

/** Headers of a request signed by Standard Webhooks, and the check of one. */

const mac = (key, id, timestamp, body) =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');

export const keyOf = (secret) => Buffer.from(secret.slice('whsec_'.length), 'base64');

export function sign(key, id, body) {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac(key, id, timestamp, body)}`,
  };
}

export function isGenuine(key, headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  return signature === `v1,${mac(key, id, timestamp, body)}`;
}
