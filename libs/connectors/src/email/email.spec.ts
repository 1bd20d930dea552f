import { expect, it } from 'vitest';
import { conformance, type StubRequest } from '../testkit/index.js';
import { compose } from './compose.js';
import { connector } from './connector.js';
import { NOW, OUR_ID, raw, settings, sign, to } from './email-fixture.js';
import { contentOf } from './plan.js';

const json = (status: number, body: object, headers: Record<string, string> = {}) => ({
  kind: 'answer' as const,
  status,
  headers,
  body: JSON.stringify(body),
});
const sentTo = ({ body }: StubRequest): string =>
  (JSON.parse(body) as { personalizations: { to: { email: string }[] }[] }).personalizations[0]!.to[0]!.email;
const errors = (message: string) => ({ errors: [{ message, field: null }] });

conformance({
  connector,
  folder: import.meta.dirname,
  settings: raw,
  to,
  plan: {
    limits: {},
    readBack: contentOf,
    readText: (part) => compose(contentOf(part), { answerLink: () => null, fileLink: (url) => url }).text,
  },
  inbound: {
    sign,
    unknownKind: JSON.stringify({ RecordType: 'SubscriptionChange', ID: 1 }),
    delivered: (ref) =>
      JSON.stringify([{ event: 'delivered', sg_event_id: 'e-1', timestamp: 1795262300, parley_ref: ref }]),
  },
  provider: {
    accepts: { kind: 'answer', status: 202, headers: { 'x-message-id': 'sg-1' } },
    acceptedRef: OUR_ID,
    destinationOf: sentTo,
    errors: [
      {
        what: 'slow down',
        answer: json(429, errors('too many requests'), { 'retry-after': '3' }),
        code: 'channel/throttled',
      },
      {
        what: 'the key is wrong',
        answer: json(401, errors('authorization required')),
        code: 'channel/credentials',
      },
      {
        what: 'the sender is not verified',
        answer: json(403, errors('from address does not match')),
        code: 'channel/credentials',
      },
      {
        what: 'the address is wrong',
        answer: json(400, errors('does not contain a valid address')),
        code: 'channel/rejected',
      },
      { what: 'too large', answer: json(413, errors('payload too large')), code: 'channel/rejected' },
      { what: 'broken', answer: json(500, {}), code: 'channel/outcome-unknown' },
    ],
  },
});

it('what is simulated is genuine, and a message', () => {
  const request = connector.simulate!({ from: 'ann@shop.example', text: 'Grüße 👋' }, settings, NOW);
  expect(connector.webhook!.authenticate(request, settings)).toEqual({ genuine: true });
  expect(connector.webhook!.decode(request, settings).events).toMatchObject([
    { event: { kind: 'message', content: [{ text: 'Grüße 👋' }] } },
  ]);
});
