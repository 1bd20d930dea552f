import { createHmac } from 'node:crypto';
import type { HookRequest, Part } from '../../connector.js';
import { conformance } from '../index.js';
import { connector } from './connector.js';
import { TEXT_MAX, type ToySettings } from './manifest.js';
import { Words } from './wire.js';

const wordsOf = (part: Part): string => Words.parse(part.body).words;

function sign(body: string, receivedAt: number, settings: ToySettings): HookRequest {
  const signature = createHmac('sha256', settings.signing_secret).update(body).digest('hex');
  const headers = { 'toy-signature': signature };
  const url = 'https://parley.example/hooks/toy/chan_1';
  return { method: 'POST', url, query: {}, headers, body: Buffer.from(body), receivedAt };
}

const answer = (status: number, body = ''): { kind: 'answer'; status: number; body: string } => ({
  kind: 'answer',
  status,
  body,
});

conformance({
  connector,
  folder: import.meta.dirname,
  settings: (base_url) => ({ base_url, api_key: 'key-0123456789', signing_secret: 'secret-0123456789' }),
  to: {
    thread: 'ann',
    address: { kind: 'toy', value: 'ann' },
    conversationId: 'conv_1',
    lastInboundAt: null,
    lastInboundRef: null,
  },
  plan: {
    limits: { text: { max: () => TEXT_MAX, measure: (part) => wordsOf(part).length } },
    readBack: (part) => [{ type: 'text', text: wordsOf(part) }],
    readText: (part) => wordsOf(part),
  },
  inbound: {
    sign,
    unknownKind: JSON.stringify({ event: 'danced', no: '9', user: 'ann' }),
    delivered: (ref) => JSON.stringify({ event: 'arrived', no: '10', user: 'ann', ref }),
  },
  provider: {
    accepts: answer(200, '{"ref":"ref-1"}'),
    acceptedRef: 'ref-1',
    destinationOf: ({ body }) => (JSON.parse(body) as { user: string }).user,
    errors: [
      { what: 'slow down', answer: answer(429), code: 'channel/throttled' },
      { what: 'wrong key', answer: answer(401), code: 'channel/credentials' },
      { what: 'no such user', answer: answer(404), code: 'channel/rejected' },
      { what: 'out of order', answer: answer(503), code: 'channel/unreachable' },
      { what: 'yes, without a reference', answer: answer(200), code: 'channel/outcome-unknown' },
    ],
  },
});
