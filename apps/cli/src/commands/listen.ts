import { webhooks } from '#libs/sdk';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import type { Desk } from '../desk.js';
import { timeLimit } from '#libs/faults';

const LONGEST_MS = 20_000;

/** Posts each event to a program, as a webhook would: no tunnel is needed, because we fetch them. */
export const listen: Action<{ forwardTo: string; types?: string; secret?: string }> = async (
  desk,
  _given,
  { forwardTo, types, secret: given },
) => {
  const secret =
    given ?? `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64')}`;
  if (given === undefined) desk.note(`The secret is ${pc.bold(secret)}`);
  for await (const event of desk.parley.events.follow(
    types === undefined ? {} : { types: types.split(',') },
  )) {
    const { type, occurred_at: timestamp, data, ...rest } = event;
    await forward(desk, forwardTo, secret, { type, timestamp, data: { ...data, ...rest } });
  }
};

async function forward(
  desk: Desk,
  url: string,
  secret: string,
  payload: { type: string; timestamp: string | undefined; data: object },
): Promise<void> {
  const body = JSON.stringify(payload);
  const headers = { ...(await webhooks.sign(body, secret)), 'content-type': 'application/json' };
  const began = Date.now();
  const status = await post(url, headers, body);
  const words = `${payload.type} → ${status} in ${Date.now() - began} ms`;
  desk.line({ type: payload.type, status, id: headers['webhook-id'] }, words);
}

/** @returns the status, or why there is none */
async function post(url: string, headers: Record<string, string>, body: string): Promise<number | string> {
  try {
    // The developer's own program, named by them: nothing of the gateway's network is reached from here.
    // oxlint-disable-next-line no-restricted-globals -- runs on the developer's machine, not in the gateway
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: timeLimit(LONGEST_MS).signal,
    });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return error instanceof Error
      ? ((error.cause as Error | undefined)?.message ?? error.message)
      : 'no answer';
  }
}
