import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  Fault,
  Problem,
  fault,
  faultAreas,
  faultCodes,
  faults,
  invalidInput,
  isFault,
  retryAfterSeconds,
  toFault,
  toProblem,
} from './index.js';

describe('the registry', () => {
  it.each(faultCodes)('%s reads like a code and has a sentence for cause and fix', (code) => {
    const row = faults[code];
    expect(code).toMatch(/^[a-z]+\/[a-z]+(-[a-z]+)*$/);
    expect(Object.keys(faultAreas)).toContain(code.split('/')[0]);
    expect(row.http).toBeGreaterThanOrEqual(400);
    expect(row.http).toBeLessThan(600);
    expect(row.title).not.toMatch(/\.$/);
    expect(row.cause).toMatch(/^[A-Z].*\.$/);
    expect(row.fix).toMatch(/^[A-Z].*\.$/);
  });

  it('answers 429 exactly where the other side says when', () => {
    for (const code of faultCodes) expect(faults[code].http === 429).toBe(faults[code].retry === 'when-told');
  });
});

describe('a fault', () => {
  it('takes status, retry and level from its row', () => {
    const thrown = fault('channel/throttled', { retryAfterMs: 1500 });
    expect(thrown).toMatchObject({ code: 'channel/throttled', http: 429, retry: 'when-told', level: 'info' });
    expect(thrown).toBeInstanceOf(Error);
    expect(retryAfterSeconds(thrown)).toBe(2);
  });

  it('drops facts that are undefined', () => {
    expect(fault('state/conflict', { facts: { a: 1, b: undefined } }).facts).toEqual({ a: 1 });
  });

  it('is recognised by class and by code', () => {
    expect(isFault(fault('state/gone'), 'state/gone')).toBe(true);
    expect(isFault(fault('state/gone'), 'state/conflict')).toBe(false);
    expect(isFault(new Error('x'))).toBe(false);
  });
});

describe('toFault', () => {
  it('keeps a fault', () => {
    const thrown = fault('state/gone');
    expect(toFault(thrown)).toBe(thrown);
  });

  it.each([new Error('secret words'), 'secret words', undefined, null])(
    'makes %s an internal bug that keeps its cause',
    (thrown) => {
      const bug = toFault(thrown);
      expect(bug.code).toBe('internal/bug');
      expect(bug.detail).not.toContain('secret');
      expect(bug.cause ?? undefined).toBe(thrown ?? undefined);
    },
  );
});

describe('toProblem', () => {
  it('is a problem document with an address per code', () => {
    const problem = toProblem(fault('state/not-found'), 'req_1', { publicUrl: 'https://chat.example' });
    expect(Problem.parse(problem)).toEqual({
      type: 'https://chat.example/errors/state/not-found',
      title: 'Not found',
      status: 404,
      detail: faults['state/not-found'].cause,
      instance: 'urn:parley:request:req_1',
      code: 'state/not-found',
      request_id: 'req_1',
    });
  });

  it('never shows facts, causes, or details of our machinery', () => {
    const thrown = new Fault('store/unavailable', {
      detail: 'host db-7',
      facts: { host: 'db-7' },
      cause: new Error('db-7'),
    });
    expect(JSON.stringify(toProblem(thrown, 'r'))).not.toContain('db-7');
  });

  it("hands on the provider's words and the time to wait", () => {
    const provider = { name: 'webhook', code: '131030', message: 'not on the list' };
    const problem = toProblem(fault('channel/rejected', { provider, retryAfterMs: 10.2 }), 'r');
    expect(Problem.parse(problem)).toMatchObject({ provider, retry_after_ms: 11 });
  });
});

describe('invalidInput', () => {
  it('points at every field and never repeats its value', () => {
    const schema = z.strictObject({
      'a/b': z.array(z.strictObject({ n: z.int().max(3) })),
      t: z.string().max(2),
    });
    const result = schema.safeParse({ 'a/b': [{ n: 123456 }], t: 'hush-hush' });
    const thrown = invalidInput(result.error?.issues ?? []);
    expect(thrown.errors?.map((error) => error.pointer)).toEqual(['/a~1b/0/n', '/t']);
    expect(thrown.errors?.map((error) => error.code)).toEqual(['too_big', 'too_big']);
    expect(JSON.stringify(toProblem(thrown, 'r'))).not.toMatch(/hush|123456/);
  });

  it('reads the wrapped paths of Standard Schema', () => {
    expect(invalidInput([{ message: 'm', path: [{ key: 'x' }, 0] }]).errors?.[0]?.pointer).toBe('/x/0');
  });
});
