// Your terminal as a channel: registers a webhook channel, then carries what you type to Parley and back.
//
//   node docs/examples/terminal-channel.mjs <address of Parley> <API key>
//
// Parley must be allowed to call this machine: PARLEY_EGRESS_ALLOW=127.0.0.1/32 npm start
// Needs nothing but Node: the signatures are those of Standard Webhooks (https://www.standardwebhooks.com).
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const [parley = 'http://127.0.0.1:3000', apiKey = ''] = process.argv.slice(2);
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const inboundSecret = newSecret();
const outboundSecret = newSecret();

/** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. */
function sign(secret, id, timestamp, body) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function isGenuine({ headers }, body) {
  const wanted = sign(outboundSecret, headers['webhook-id'], headers['webhook-timestamp'], body);
  const given = String(headers['webhook-signature']);
  const isFresh = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
  return (
    isFresh && given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted))
  );
}

// Out: Parley posts a message here, and may repeat a post whose answer it did not get.
const seen = new Set();
const receiver = createServer((request, response) => {
  receive(request, response).catch(() => response.writeHead(400).end());
});
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');

async function receive(request, response) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  if (request.method === 'HEAD') return response.writeHead(204).end();
  if (!isGenuine(request, body)) return response.writeHead(401).end();
  const message = JSON.parse(body);
  if (!seen.has(message.id)) for (const content of message.content) show(content);
  seen.add(message.id);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: message.id }));
}

function show(content) {
  if (content.text) console.log(`bot: ${content.text}`);
  for (const option of content.options ?? []) console.log(`     · ${option.label}`);
}

// Register the channel.
const answer = await fetch(`${parley}/v1/channels`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  },
  body: JSON.stringify({
    connector: 'webhook',
    name: 'My terminal',
    settings: {
      url: `http://127.0.0.1:${receiver.address().port}/`,
      inbound_secret: inboundSecret,
      outbound_secret: outboundSecret,
    },
  }),
});
const channel = await answer.json();
if (!answer.ok) {
  console.error(`${channel.title}: ${channel.detail}`);
  process.exit(1);
}
console.log(`${channel.id} is ready. Write something; Ctrl-D ends.`);

// In: each line is one signed post to the channel's own address.
for await (const text of createInterface({ input: process.stdin })) {
  if (text.trim() === '') continue;
  const id = randomUUID();
  const body = JSON.stringify({ type: 'message', id, from: { kind: 'external', value: 'me' }, text });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const { status } = await fetch(channel.webhook_url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(inboundSecret, id, timestamp, body),
    },
    body,
  });
  if (status !== 200) console.error(`Parley answered ${status}`);
}
receiver.close();
