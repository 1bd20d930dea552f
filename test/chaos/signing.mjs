import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Standard Webhooks, written a second time: a harness that borrowed the code it tests would not see its mistakes.
 *
 * @param {string} secret  `whsec_` and base64
 * @param {string} id
 * @param {string | Uint8Array} body
 * @returns {Record<string, string>} the headers of a signed request
 */
export function signed(secret, id, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac(secret, id, timestamp, body).toString('base64')}`,
  };
}

/**
 * @param {string} secret
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {Uint8Array} body
 */
export function isGenuine(secret, headers, body) {
  const expected = mac(secret, String(headers['webhook-id']), String(headers['webhook-timestamp']), body);
  const given = Buffer.from(String(headers['webhook-signature']).replace(/^v1,/, ''), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function mac(secret, id, timestamp, body) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
