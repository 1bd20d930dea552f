import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[];
};

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** One file that breaks a rule, and what it imports. */
const planted: readonly [rule: string, file: string, imports: string][] = [
  ['no-cycles', 'libs/bot/src/a.ts', './b.js'],
  ['libs-know-no-apps', 'libs/bot/src/app.ts', '../../../apps/worker/src/main.js'],
  ['apps-are-strangers', 'apps/gateway/src/other.ts', '../../worker/src/main.js'],
  ['connectors-are-strangers', 'libs/connectors/src/acme/a.ts', '../other/connector.js'],
  ['connectors-see-model-and-faults-only', 'libs/connectors/src/acme/b.ts', '#libs/config'],
  ['connectors-know-no-framework', 'libs/connectors/src/acme/c.ts', '@nestjs/common'],
  ['testkit-is-for-specs', 'libs/connectors/src/acme/d.ts', '../testkit/index.js'],
  ['model-is-the-floor', 'libs/model/src/a.ts', '#libs/faults'],
  ['faults-stand-on-model', 'libs/faults/src/a.ts', '#libs/config'],
  ['config-and-observe-stand-on-faults', 'libs/observe/src/a.ts', '#libs/queue'],
  ['store-and-queue-are-below-the-domain', 'libs/store/src/a.ts', '#libs/bot'],
  ['media-is-below-the-domain', 'libs/media/src/a.ts', '#libs/bot'],
  ['domain-rooms-are-strangers', 'libs/bot/src/c.ts', '#libs/outbound'],
  ['agent-stands-on-the-bot-core', 'libs/agent/src/a.ts', '#libs/store'],
  ['only-apps-bring-a-model', 'libs/outbound/src/b.ts', '#libs/agent'],
  ['knowledge-stands-on-the-bot-core', 'libs/knowledge/src/a.ts', '#libs/outbound'],
  ['only-apps-bring-knowledge', 'libs/outbound/src/c.ts', '#libs/knowledge'],
  ['sdk-stands-alone', 'libs/sdk/src/a.ts', '#libs/faults'],
  ['browser-sees-model-only', 'apps/demo/src/a.ts', '#libs/faults'],
  ['prisma-and-pg-only-in-store', 'libs/queue/src/a.ts', '#prisma/client'],
  ['prisma-and-pg-only-in-store', 'libs/queue/src/b.ts', 'pg'],
  ['bullmq-only-in-queue', 'libs/outbound/src/a.ts', 'bullmq'],
];

const clean: readonly [file: string, imports?: string][] = [
  ...[
    'model',
    'faults',
    'config',
    'observe',
    'store',
    'queue',
    'media',
    'bot',
    'outbound',
    'agent',
    'knowledge',
  ].map((lib): [string] => [`libs/${lib}/src/index.ts`]),
  ['libs/bot/src/b.ts', './a.js'],
  ['libs/connectors/src/acme/connector.ts', '#libs/model'],
  ['libs/connectors/src/other/connector.ts'],
  ['libs/connectors/src/testkit/index.ts'],
  ['libs/connectors/src/acme/acme.spec.ts', '../testkit/index.js'],
  ['libs/store/src/generated/prisma/client.ts', '@prisma/client/runtime/client'],
  ['libs/store/src/database.ts', '#prisma/client'],
  ['libs/queue/src/queues.ts', 'bullmq'],
  ['apps/worker/src/main.ts', '#libs/outbound'],
  ['apps/demo/src/chat.ts', '#libs/model'],
];

describe('the import directions', () => {
  let tree: string;
  let violations: Violation[];

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'parley-graph-'));
    for (const name of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
      copyFileSync(join(root, name), join(tree, name));
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    for (const [file, imports] of clean) plant(file, imports);
    for (const [, file, imports] of planted) plant(file, imports);
    const args = ['apps', 'libs', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
    const run = spawnSync(
      process.execPath,
      [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'), ...args],
      {
        cwd: tree,
        encoding: 'utf8',
        maxBuffer: 1e8,
      },
    );
    violations = (JSON.parse(run.stdout) as { summary: { violations: Violation[] } }).summary.violations;
  }, 60_000);

  afterAll(() => rmSync(tree, { recursive: true }));

  function plant(file: string, imports?: string): void {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(
      join(tree, file),
      imports ? `import * as it from '${imports}';\nexport const x = it;\n` : 'export const x = 1;\n',
    );
  }

  it.each(planted)('%s is broken by %s importing %s', (rule, file) => {
    expect(violations).toContainEqual(
      expect.objectContaining({ from: file, rule: expect.objectContaining({ name: rule }) }),
    );
  });

  it('let everything else pass', () => {
    const guilty = new Set(planted.map(([, file]) => file));
    expect(violations.filter(({ from, rule }) => !guilty.has(from) && rule.name !== 'no-cycles')).toEqual([]);
  });

  it('have a planted violation for every rule', () => {
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(config.forbidden.map(({ name }) => name)));
  });
});
