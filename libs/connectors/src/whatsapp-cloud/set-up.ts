import { createHmac } from 'node:crypto';
import { fault, toFault } from '#libs/faults';
import { z } from 'zod';
import type { Check, HookRequest, Io, SimulatedMessage } from '../connector.js';
import { callGraph, faultOfGraph, jsonOf } from './graph.js';
import type { WhatsAppCloudSettings } from './manifest.js';

const NumberAnswer = z.looseObject({
  display_phone_number: z.string().optional(),
  verified_name: z.string().optional(),
  quality_rating: z.string().optional(),
});

/** Reads the number from Meta: token, number and its quality in one call. */
export async function check(io: Io<WhatsAppCloudSettings>): Promise<Check> {
  try {
    const fields = 'display_phone_number,verified_name,quality_rating';
    const answer = await callGraph(io, `${io.settings.phone_number_id}?fields=${fields}`);
    if (answer.status !== 200) throw faultOfGraph(answer, io.now());
    const { display_phone_number, verified_name, quality_rating } = NumberAnswer.parse(jsonOf(answer) ?? {});
    const name = [verified_name, display_phone_number].filter(Boolean).join(', ') || 'The number';
    if (quality_rating === 'RED') {
      return {
        state: 'degraded',
        reason: `${name}: Meta rates its quality low and may limit it. Send fewer messages that people block or report.`,
      };
    }
    return { state: 'healthy', reason: `${name} answers.` };
  } catch (thrown) {
    return broken(toFault(thrown));
  }
}

function broken({ code, detail, provider }: ReturnType<typeof toFault>): Check {
  const said = provider ? `${provider.message} (${provider.code})` : detail;
  if (code === 'channel/credentials') {
    return {
      state: 'down',
      reason: `Meta refuses the access token: ${said} Generate a new one for the system user and put it in.`,
      fields: { access_token: said },
    };
  }
  if (code === 'channel/rejected') {
    return {
      state: 'down',
      reason: `Meta does not know the number: ${said} Copy the phone number ID from API Setup.`,
      fields: { phone_number_id: said },
    };
  }
  return { state: 'down', reason: `Meta cannot be asked: ${said} Nothing goes out until it answers.` };
}

/** Subscribes the account's messages to our webhook address. */
export async function install(hookUrl: string, io: Io<WhatsAppCloudSettings>): Promise<string> {
  const { business_account_id, verify_token } = io.settings;
  if (business_account_id === undefined) {
    throw fault('channel/rejected', { detail: 'business_account_id is needed to register the webhook.' });
  }
  const answer = await callGraph(io, `${business_account_id}/subscribed_apps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ override_callback_uri: hookUrl, verify_token }),
  });
  if (answer.status !== 200) throw faultOfGraph(answer, io.now());
  return `Meta sends the messages of account ${business_account_id} to ${hookUrl} now.`;
}

/** A text message as Meta would post it. */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: WhatsAppCloudSettings,
  now: number,
): HookRequest {
  const wa_id = from.replace(/^\+/, '');
  const message = {
    from: wa_id,
    id: `wamid.simulated.${now.toString(36)}.${createHmac('sha256', 'id').update(`${from} ${text}`).digest('hex').slice(0, 12)}`,
    timestamp: String(Math.floor(now / 1_000)),
    type: 'text',
    text: { body: text },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: settings.phone_number_id, phone_number_id: settings.phone_number_id },
    contacts: [{ profile: { name: 'Simulated' }, wa_id }],
    messages: [message],
  };
  const body = Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: settings.business_account_id ?? '0', changes: [{ field: 'messages', value }] }],
    }),
  );
  const signature = createHmac('sha256', settings.app_secret).update(body).digest('hex');
  return {
    method: 'POST',
    url: 'https://parley.invalid/hooks/whatsapp-cloud',
    query: {},
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    body,
    receivedAt: now,
  };
}
