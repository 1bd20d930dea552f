import { describe, expect, it } from 'vitest';
import {
  capabilitiesOf,
  connectorOf,
  parseSettings,
  registry,
  splitSecrets,
  withGenerated,
} from './index.js';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const web = connectorOf('web');
const webhook = connectorOf('webhook');

describe('the registry', () => {
  it('gives each connector under its own id, in order', () => {
    const ids = [...registry.keys()];
    expect(ids).toEqual(ids.toSorted());
    for (const [id, connector] of registry) expect(connector.manifest.id).toBe(id);
  });

  it.each(['toy', 'Web', '', 'constructor'])('has no connector "%s"', (id) => {
    expect(() => connectorOf(id)).toThrow(expect.objectContaining({ code: 'channel/unknown-connector' }));
  });

  it('says what a channel can do by the ports it has', () => {
    const none = {
      webhook: false,
      visitors: false,
      connection: false,
      oauth: false,
      check: false,
      install: false,
      lookup: false,
      simulate: false,
    };
    expect(capabilitiesOf(web)).toEqual({ ...none, visitors: true, check: true });
    expect(capabilitiesOf(webhook)).toEqual({
      ...none,
      webhook: true,
      check: true,
      lookup: true,
      simulate: true,
    });
  });
});

describe('settings of a channel', () => {
  it('are filled up with defaults', () => {
    const given = { url: 'https://a.example/in', inbound_secret: secret, outbound_secret: secret };
    expect(parseSettings(webhook, given)).toEqual({
      ...given,
      delivery: 'idempotent',
      choices: 'native',
      sends_again: false,
      text_max: 4_096,
    });
  });

  it('are refused with a pointer to every wrong field, and without its value', () => {
    const wrong = { url: 'no-url-and-hush', inbound_secret: 'hush', outbound_secret: secret, surprise: 1 };
    const refused = (): unknown => parseSettings(webhook, wrong);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'input/invalid',
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: '/settings/url' }),
          expect.objectContaining({ pointer: '/settings/inbound_secret' }),
          expect.objectContaining({ pointer: '/settings' }),
        ]),
      }),
    );
    expect(refused).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hush') }));
  });

  it.each([null, undefined, [], 'text'])('are refused when they are %j', (raw) => {
    expect(() => parseSettings(web, raw)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/settings' })] }),
    );
  });

  it('are parted into what may be shown and what is sealed', () => {
    const settings = parseSettings(webhook, {
      url: 'https://a.example/in',
      inbound_secret: secret,
      outbound_secret: secret,
    });
    const { plain, secrets } = splitSecrets(webhook, settings);
    expect(secrets).toEqual({ inbound_secret: secret, outbound_secret: secret });
    expect(Object.keys(plain).toSorted()).toEqual(['choices', 'delivery', 'sends_again', 'text_max', 'url']);
  });

  it('get the secrets that a connector makes itself, unless they are given', () => {
    expect(withGenerated(web, { title: 'Hi' })).toEqual({
      title: 'Hi',
      visitor_secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(withGenerated(web, { visitor_secret: 'mine' })).toEqual({ visitor_secret: 'mine' });
    expect(withGenerated(webhook, { url: 'x' })).toEqual({ url: 'x' });
  });
});
