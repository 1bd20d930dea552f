import type { Content } from '#libs/model';
import { toPlain } from '../shared/plain.js';
import { signWebhook, verifyWebhook } from '../shared/standard-webhooks.js';
import { conformance, type StubRequest } from '../testkit/index.js';
import { connector } from './connector.js';
import type { WebhookSettings } from './manifest.js';

const INBOUND = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OUTBOUND = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

function sign(body: string, receivedAt: number, settings: WebhookSettings) {
  return {
    method: 'POST' as const,
    url: 'https://parley.example/hooks/webhook/chan_1',
    query: {},
    headers: signWebhook({ id: 'msg_1', now: receivedAt, body }, [settings.inbound_secret]),
    body: Buffer.from(body),
    receivedAt,
  };
}

/** Reads a post as the receiver would: nothing counts that is not signed. */
function readPost({ headers, body }: StubRequest): { to: { value: string } } {
  const verdict = verifyWebhook({ headers, body: Buffer.from(body), receivedAt: Date.now() }, [OUTBOUND]);
  if (!verdict.genuine) throw new Error(verdict.reason);
  return JSON.parse(body) as { to: { value: string } };
}

const contentOf = (part: { body: object }): Content[] => (part.body as { content: Content[] }).content;
const json = (status: number, body: object, headers: Record<string, string> = {}) => ({
  kind: 'answer' as const,
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

// Once as it is by default, once as a narrow provider without buttons.
for (const more of [{}, { choices: 'numbered', text_max: 40 }]) {
  conformance({
    connector,
    folder: import.meta.dirname,
    settings: (url) => ({
      url: `${url}/in`,
      lookup_url: `${url}/lookup?tenant=1`,
      inbound_secret: INBOUND,
      outbound_secret: OUTBOUND,
      ...more,
    }),
    to: {
      thread: 'ann',
      address: { kind: 'external', value: 'ann' },
      conversationId: 'conv_1',
      lastInboundAt: null,
      lastInboundRef: null,
    },
    plan: {
      limits: {
        text: {
          max: ({ text_max }) => text_max,
          measure: (part) =>
            Math.max(
              ...contentOf(part).map((content) => ('text' in content ? (content.text?.length ?? 0) : 0)),
            ),
        },
      },
      readBack: contentOf,
      readText: (part) => toPlain(contentOf(part)).texts.join('\n'),
    },
    inbound: {
      sign,
      unknownKind: JSON.stringify({ type: 'poke', id: 'x-1' }),
      delivered: (provider_ref) =>
        JSON.stringify({ type: 'receipt', id: 'r-1', thread: 'ann', provider_ref, status: 'delivered' }),
    },
    provider: {
      accepts: json(200, { id: 'ref-1' }),
      acceptedRef: 'ref-1',
      destinationOf: (request) => readPost(request).to.value,
      lookup: { known: json(200, { id: 'ref-1', status: 'sent' }), unknown: json(404, {}) },
      errors: [
        { what: 'slow down', answer: json(429, {}, { 'retry-after': '7' }), code: 'channel/throttled' },
        { what: 'who are you', answer: json(401, {}), code: 'channel/credentials' },
        { what: 'you may not', answer: json(403, {}), code: 'channel/credentials' },
        {
          what: 'no such user',
          answer: json(404, { code: 17, message: 'no such user' }),
          code: 'channel/rejected',
        },
        { what: 'bad request', answer: json(400, {}), code: 'channel/rejected' },
        {
          what: 'it moved',
          answer: json(302, {}, { location: 'http://127.0.0.1:1/' }),
          code: 'channel/rejected',
        },
        { what: 'I kept nothing', answer: json(503, {}), code: 'channel/unreachable' },
        {
          what: 'yes, in prose',
          answer: { kind: 'answer', status: 200, body: 'OK' },
          code: 'channel/outcome-unknown',
        },
        { what: 'yes, in a list', answer: json(200, []), code: 'channel/outcome-unknown' },
        { what: 'yes, as nobody', answer: json(200, { id: '' }), code: 'channel/outcome-unknown' },
      ],
    },
  });
}
