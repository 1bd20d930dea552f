import { HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { fault } from '#libs/faults';
import { accepts } from './accept.js';
import { etagOf, versionOf } from './if-match.js';
import { KnownRoutes } from './known-routes.js';
import { SseBody } from './sse.js';
import { toHttpFault } from './to-http-fault.js';

describe('what an accept header allows', () => {
  it.each([
    [undefined, true],
    ['', true],
    ['*/*', true],
    ['application/json', true],
    ['application/*;q=0.5', true],
    ['text/html, application/json;q=0.9', true],
    ['Application/JSON', true],
    ['text/html', false],
    ['application/problem+json', false],
    ['*/*, application/json;q=0', false],
    ['application/json;q=0.0, text/*', false],
  ])('%s', (header, expected) => expect(accepts(header, 'application/json')).toBe(expected));
});

describe('versions', () => {
  it('are read back from their tag', () => {
    expect(versionOf(etagOf(7))).toBe(7);
    expect(versionOf('W/"7"')).toBe(7);
    expect([versionOf(undefined), versionOf('*')]).toEqual([null, null]);
    expect(() => versionOf('7')).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });
});

describe('known routes', () => {
  const routes = new KnownRoutes();
  routes.watch({
    addHook: (_: string, hook: (route: { method: string | string[]; url: string }) => void) => {
      hook({ method: 'GET', url: '/v1/channels/:id' });
      hook({ method: 'PATCH', url: '/v1/channels/:id' });
      hook({ method: ['GET', 'POST'], url: '/hooks/:connector/:channelId' });
      hook({ method: 'GET', url: '/docs/*' });
      hook({ method: 'GET', url: '/openapi.json' });
    },
  } as never);

  it.each([
    ['/v1/channels/x', ['GET', 'PATCH']],
    ['/v1/channels/x/', ['GET', 'PATCH']],
    ['/v1/channels', []],
    ['/v1/channels/x/y', []],
    ['/hooks/a/b', ['GET', 'POST']],
    ['/docs/a/b.css', ['GET']],
    ['/openapi.json', ['GET']],
    ['/openapixjson', []],
  ])('of %s take %j', (path, methods) => expect(routes.methodsOf(path)).toEqual(methods));
});

describe('whatever a request ends in', () => {
  it('has a code of the registry', () => {
    const gone = fault('state/gone');
    expect(toHttpFault(gone)).toBe(gone);
    expect(toHttpFault(new HttpException('x', 400, { cause: gone }))).toBe(gone);
    expect(toHttpFault(new HttpException('x', 413)).code).toBe('input/too-large');
    expect(toHttpFault(Object.assign(new Error('x'), { statusCode: 415 })).code).toBe(
      'input/unsupported-media-type',
    );
    for (const odd of [new Error('x'), new HttpException('x', 418), 'text', null, undefined]) {
      expect(toHttpFault(odd).code).toBe('internal/bug');
    }
  });
});

describe('a stream of events', () => {
  const textOf = (body: SseBody): string => String(body.read() ?? '');

  it('says first when to come back, then each event with its position', () => {
    const body = new SseBody();
    body.send({ id: 3, event: 'message.created', data: { text: 'a\nb' } });
    body.send({ event: 'typing.started', data: {} });
    expect(textOf(body)).toBe(
      'retry: 2000\n\nid: 3\nevent: message.created\ndata: {"text":"a\\nb"}\n\nevent: typing.started\ndata: {}\n\n',
    );
    body.destroy();
  });

  it('ends once, and says nothing afterwards', async () => {
    const body = new SseBody();
    body.finish();
    body.finish();
    body.send({ event: 'late', data: {} });
    const chunks: string[] = [];
    for await (const chunk of body) chunks.push(String(chunk));
    expect(chunks.join('')).toBe('retry: 2000\n\n');
  });

  it('is cut off when its reader does not read', () => {
    const body = new SseBody();
    for (let sent = 0; sent < 2_000 && !body.destroyed; sent++) {
      body.send({ event: 'x', data: 'x'.repeat(1_000) });
    }
    expect(body.destroyed).toBe(true);
  });
});
