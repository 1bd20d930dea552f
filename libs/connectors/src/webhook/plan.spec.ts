import type { Content } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../settings.js';
import { connector } from './connector.js';
import type { WebhookSettings } from './manifest.js';
import { plan } from './plan.js';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const settings = (more: Partial<WebhookSettings> = {}): WebhookSettings =>
  parseSettings(connector, {
    url: 'https://a.example',
    inbound_secret: secret,
    outbound_secret: secret,
    ...more,
  });
const text = (said: string): Content => ({ type: 'text', text: said });
const choices = (question: string): Content => ({
  type: 'choices',
  text: question,
  style: 'buttons',
  options: [
    { id: 'y', label: 'Yes' },
    { id: 'n', label: 'No' },
  ],
});

describe('plan of a webhook channel', () => {
  it('carries a whole message in one post', () => {
    const content = [
      text('Hello'),
      choices('Well?'),
      { type: 'image' as const, url: 'https://a.example/i.png' },
    ];
    expect(plan(content, settings())).toEqual({
      parts: [{ body: { content }, rendering: 'text+choices+image' }],
      lost: [],
    });
  });

  it('cuts a text that is too long, and keeps what follows behind its end', () => {
    const { parts } = plan(
      [text('first'), text('one two three four'), choices('Well?')],
      settings({ text_max: 16 }),
    );
    expect(parts.map(({ body }) => body['content'])).toEqual([
      [text('first')],
      [text('one two three')],
      [text('four'), choices('Well?')],
    ]);
  });

  it('keeps buttons under the end of a question that is too long', () => {
    expect(
      plan([choices('one two three four')], settings({ text_max: 16 })).parts.map(
        ({ body }) => body['content'],
      ),
    ).toEqual([[text('one two three')], [choices('four')]]);
  });

  it('writes choices as numbered text for a side without buttons, numbers running on', () => {
    expect(plan([choices('A?'), choices('B?')], settings({ choices: 'numbered' }))).toEqual({
      parts: [
        { body: { content: [text('A?\n\n1. Yes\n2. No'), text('B?\n\n3. Yes\n4. No')] }, rendering: 'text' },
      ],
      lost: ['choices → numbered text', 'choices → numbered text'],
    });
  });

  it('says when nothing of a message can be carried', () => {
    const template: Content = { type: 'template', name: 'hello', language: 'en', variables: {} };
    expect(plan([template], settings({ choices: 'numbered' }))).toEqual({
      parts: [],
      lost: ['template → nothing'],
    });
  });
});

describe('settings of a webhook channel', () => {
  it('need a lookup_url when the delivery is look-up', () => {
    expect(() => settings({ delivery: 'look-up' })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/settings/lookup_url' })] }),
    );
  });

  it.each(['ftp://a.example', 'https://user:pass@a.example', 'a.example'])('refuse the url %s', (url) => {
    expect(() => settings({ url })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/settings/url' })] }),
    );
  });

  it('say the pace, with a second of the rate as burst', () => {
    expect(
      connector.manifest.pacing(
        settings({
          account: 'acme',
          rate_per_second: 2.5,
          destination_rate_per_second: 1,
          destination_burst: 4,
        }),
      ),
    ).toEqual({
      account: 'acme',
      perAccount: { ratePerSecond: 2.5, burst: 3 },
      perDestination: { ratePerSecond: 1, burst: 4 },
    });
  });

  it('name the account by host, without what the path may hold', () => {
    const { account } = connector.manifest.pacing(settings({ url: 'https://a.example/secret-path' }));
    expect(account).toMatch(/^a\.example#[0-9a-f]{12}$/);
    expect(connector.manifest.pacing(settings()).account).not.toBe(account);
  });
});
