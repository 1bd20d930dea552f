import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Booted, apiOf, makeWorkspace } from '../support/boot.js';
import {
  type DescribedOperation,
  documentChecker,
  type DocumentChecker,
} from '../support/document-checker.js';
import { stock, type Stock } from '../support/stock.js';

let booted: Booted;
let checker: DocumentChecker;
let things: Stock;
let key: string;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  const home = await makeWorkspace(booted);
  key = home.key;
  checker = documentChecker((await apiOf(booted, null)('GET', '/openapi.json')).body);
  things = await stock(booted, home);
});
afterAll(() => booted?.close());

/** What a person has at hand, or a signature: test/e2e has a file about each. */
const needsMore = ({ id, path }: DescribedOperation): boolean =>
  path.startsWith('/v1/auth/') ||
  [
    'Members_update',
    'OauthClients_rotate',
    'OauthClients_update',
    'Triggers_fire',
    'VisitorKeys_create',
    'Widget_feedback',
    'Widget_form',
    'Widget_transcript',
  ].includes(id);

describe('the examples of the description', () => {
  it('are there for every body of JSON', () => {
    const bare = checker.operations.filter(({ body, examples }) => body === 'json' && examples.length === 0);
    // Write one in apps/gateway/src/contract/request-examples.ts.
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it('run, and are answered as described', async () => {
    const wrong: string[] = [];
    let count = 0;
    for (const operation of checker.operations.filter((one) => !needsMore(one))) {
      for (const example of operation.examples) {
        const caller = apiOf(booted, operation.isVisitors ? things.token : operation.isOpen ? null : key);
        const put = things.putInto(operation, example);
        const answer = await caller(operation.method, put.path, put.body);
        const refusal = answer.status < 300 ? [] : [JSON.stringify(answer.body)];
        const problems = [...refusal, ...checker.problemsOf(operation, answer)];
        wrong.push(...problems.map((problem) => `${operation.id} ${answer.status} ${problem}`));
        count++;
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(35);
  });
});
