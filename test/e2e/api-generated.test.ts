import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import { apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import {
  type DescribedOperation,
  documentChecker,
  type DocumentChecker,
} from '../support/document-checker.js';
import { anyValue, bodies, queries } from '../support/schema-arbitraries.js';
import { prefixOf, stock, type Stock } from '../support/stock.js';

/** How many requests each operation gets; each run of the same seed makes the same ones. */
const RUNS = Number(process.env['PARLEY_CONTRACT_RUNS'] ?? 8);
const SEED = Number(process.env['PARLEY_CONTRACT_SEED'] ?? 20_261_121);

let booted: Booted;
let checker: DocumentChecker;
let things: Stock;
let key: string;

beforeAll(async () => {
  booted = await boot({ hasWorker: false, env: { PARLEY_EGRESS_TIMEOUT: '1s' } });
  const home = await makeWorkspace(booted);
  key = home.key;
  checker = documentChecker((await apiOf(booted, null)('GET', '/openapi.json')).body);
  things = await stock(booted, home);
});
afterAll(() => booted?.close());

interface Request {
  path: string;
  query: string;
  body: unknown;
}

/** Requests that fit the description, and ones that are almost so. */
function requests(operation: DescribedOperation): fc.Arbitrary<Request> {
  const known = things.ids[prefixOf(operation.path)] ?? [];
  const ids = fc.constantFrom(...known, ...known, newId('request'), 'x', '%00', '%', 'a'.repeat(300), "'--");
  const body =
    operation.body === 'json' && operation.bodySchema
      ? bodies(operation.bodySchema, checker.document, things.ids)
      : fc.constant(undefined);
  return fc
    .record({
      ids: fc.array(ids, { minLength: 3, maxLength: 3 }),
      query: queries(operation.query, checker.document),
      body,
    })
    .map(({ ids: chosen, query, body: made }) => {
      const left = [...chosen];
      const path = operation.path.replaceAll(/\{\w+\}/g, () => left.shift()!);
      return { path, query, body: made };
    });
}

/** Streams never end by themselves: they have tests of their own. */
const isStream = ({ responses }: DescribedOperation): boolean =>
  Object.keys(responses['200']?.['content'] ?? {}).includes('text/event-stream');

describe('requests that are made from the description', () => {
  it('are answered with a status that it names, and with what it says of it; never with a mistake of ours', async () => {
    const statuses = new Map<number, number>();
    const wrong: string[] = [];
    for (const operation of checker.operations.filter((one) => !isStream(one))) {
      const caller = apiOf(booted, operation.isVisitors ? things.token : key);
      for (const { path, query, body } of fc.sample(requests(operation), { numRuns: RUNS, seed: SEED })) {
        // A waited-for answer waits for a worker, and there is none.
        const sent = operation.id === 'Messages_create' ? withoutWaiting(body) : body;
        const answer = await caller(
          operation.method,
          `${path}${query}`,
          sent === undefined ? undefined : JSON.stringify(sent),
        );
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const mistakes =
          answer.status >= 500 ? ['is a mistake of ours'] : checker.problemsOf(operation, answer);
        for (const mistake of mistakes.slice(0, 1)) {
          wrong.push(
            `${operation.id} ${path}${query} ${JSON.stringify(sent)?.slice(0, 500)} → ${answer.status}: ${mistake}`,
          );
        }
      }
    }
    expect(wrong.slice(0, 40)).toEqual([]);
    // The requests are not all nonsense, and not all well.
    expect([statuses.get(200) ?? 0, statuses.get(422) ?? 0].every((count) => count > 20)).toBe(true);
  }, 300_000);

  it('are refused, not fallen over, when the body is anything at all', async () => {
    const wrong: string[] = [];
    for (const operation of checker.operations.filter(({ body }) => body === 'json')) {
      const caller = apiOf(booted, operation.isVisitors ? things.token : key);
      const { path } = things.putInto(operation, {});
      for (const body of fc.sample(anyValue, { numRuns: 4, seed: SEED })) {
        const { status } = await caller(operation.method, path, JSON.stringify(body));
        if (status >= 500 || !(status in operation.responses))
          wrong.push(`${operation.id} ${JSON.stringify(body)} → ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

function withoutWaiting(body: unknown): unknown {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? { ...body, respond: 'async' }
    : body;
}
