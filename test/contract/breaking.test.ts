import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { breakingChanges } from '../../tools/checks/breaking.mjs';

// oxlint-disable-next-line typescript/no-explicit-any -- a document is changed here in every way there is
type Document = any;

const text = readFileSync('docs/openapi.json', 'utf8');
let before: Document;
let after: Document;
beforeEach(() => {
  before = JSON.parse(text);
  after = JSON.parse(text);
});
const found = (): string[] => (breakingChanges as (a: Document, b: Document) => string[])(before, after);
const schema = (name: string): Document => after.components.schemas[name];
const operation = (path: string, method: string): Document => after.paths[path][method];

describe('the comparison with the released description', () => {
  it('has nothing to say of the same document', () => expect(found()).toEqual([]));

  it.each<[string, () => void, RegExp]>([
    ['a path that is gone', () => delete after.paths['/v1/me'], /GET \/v1\/me: is gone/],
    ['a method that is gone', () => delete after.paths['/v1/bots'].post, /POST \/v1\/bots: is gone/],
    ['another operation id', () => (operation('/v1/me', 'get').operationId = 'x'), /is called x now/],
    [
      'a field of an answer that is gone',
      () => delete schema('Message').properties.status,
      /\.status: is gone/,
    ],
    [
      'a field of an answer that may be absent',
      () =>
        (schema('Message').required = schema('Message').required.filter((name: string) => name !== 'seq')),
      /\.seq: may be absent/,
    ],
    [
      'another type',
      () => (schema('Message').properties.seq.type = 'string'),
      /\.seq: was integer and is string/,
    ],
    [
      'a field that may be null',
      () => (schema('Me').properties.workspace_name.type = ['string', 'null']),
      /workspace_name: was string and is string or null/,
    ],
    [
      'an enum value that is gone',
      () => (schema('CreateMessage').properties.respond.enum = ['wait']),
      /respond: no longer has "async"/,
    ],
    [
      'a newly required field',
      () => (schema('CreateSession').required = ['channel_id']),
      /channel_id: is required/,
    ],
    [
      'a new field that is required',
      () => {
        schema('CreateSession').properties.brand = { type: 'string' };
        schema('CreateSession').required = ['brand'];
      },
      /brand: is required/,
    ],
    [
      'a field that is no longer taken',
      () => delete schema('CreateMessage').properties.client_id,
      /client_id: is gone/,
    ],
    [
      'a narrower limit',
      () => (schema('CreateMessage').properties.client_id.maxLength = 10),
      /client_id: maxLength is 10/,
    ],
    [
      'a parameter that is gone',
      () => (operation('/v1/bots', 'get').parameters = []),
      /GET \/v1\/bots query (limit|cursor|order): is gone/,
    ],
    [
      'a new parameter that is required',
      () =>
        operation('/v1/me', 'get').parameters.push({ in: 'query', name: 'x', required: true, schema: {} }),
      /query x: is required/,
    ],
    ['a status that is gone', () => delete operation('/v1/bots', 'get').responses['200'], /200: is gone/],
    [
      'a variant of content that is gone',
      () => {
        const { anyOf, oneOf } = schema('Content');
        (anyOf ?? oneOf).shift();
      },
      /has no variant/,
    ],
    ['a webhook that is gone', () => delete after.webhooks['message.created'], /message\.created: is gone/],
    [
      'a field of a webhook that is gone',
      () => delete schema('WebhookPayload').properties.type,
      /body\.type: is gone/,
    ],
    [
      'an open route that asks for credentials',
      () => (operation('/livez', 'get').security = [{ bearer: [] }]),
      /asks for credentials/,
    ],
  ])('finds %s', (_, change, expected) => {
    change();
    expect(found().join('\n')).toMatch(expected);
  });

  it.each<[string, () => void]>([
    ['a new path', () => (after.paths['/v1/new'] = after.paths['/v1/me'])],
    ['a new optional field', () => (schema('CreateSession').properties.brand = { type: 'string' })],
    ['a new field of an answer', () => (schema('Me').properties.brand = { type: 'string' })],
    ['a new value of an enum', () => schema('CreateMessage').properties.respond.enum.push('later')],
    ['a wider limit', () => (schema('CreateMessage').properties.client_id.maxLength = 1000)],
    ['words', () => (operation('/v1/me', 'get').summary = 'x')],
  ])('lets %s pass', (_, change) => {
    change();
    expect(found()).toEqual([]);
  });
});
