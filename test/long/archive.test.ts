import { createWriteStream, mkdtempSync, createReadStream, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AnalyticsReportName, uuidOf } from '#libs/model';
import { Workspaces } from '#libs/store';
import { apiOf, boot, type Booted, keyFor, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';

/** A hundred thousand as a rule; ARCHIVE_MESSAGES=1000000 for the numbers of the guide. */
const MESSAGES = Number(process.env['ARCHIVE_MESSAGES'] ?? 100_000);
const PER_TALK = 20;
const WITHIN_MS = 20 * 60_000;

let folder: string;
let here: Booted;
let there: Booted;
let home: TestWorkspace;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-million-'));
  here = await boot({ env: { PARLEY_DATA_DIR: path.join(folder, 'here') } });
  there = await boot({ env: { PARLEY_DATA_DIR: path.join(folder, 'there') } });
  home = await makeWorkspace(here, 'Home');
  await generate();
}, WITHIN_MS);
afterAll(async () => {
  await here?.close();
  await there?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Conversations of twenty messages each, over the last hundred days: a question, its turn and its answer, ten times. */
async function generate(): Promise<void> {
  const values = [uuidOf(home.workspaceId), uuidOf(home.channelId), uuidOf(home.botId), MESSAGES / PER_TALK];
  const talk = `select g, md5('talk' || g)::uuid as c, md5('contact' || g)::uuid as k, now() - interval '100 days' * (1 - g::float8 / $4::int) as at
    from generate_series(1, $4::int) g`;
  const said = `select t.*, n, md5('m' || t.g || '.' || n)::uuid as m, t.at + n * interval '20 seconds' as said_at from (${talk}) t, generate_series(1, ${PER_TALK}) n`;
  const used = `where $1::uuid is not null and $2::uuid is not null and $3::uuid is not null`;
  const run = (sql: string): Promise<unknown> => here.owner.query(sql, values);
  // As a replica: what the tables check of rows is not what is measured.
  await here.owner.query('set session_replication_role = replica');
  await run(
    `insert into contact (workspace_id, id, name, attributes) select $1, k, 'Person ' || g, jsonb_build_object('n', g::text) from (${talk}) t ${used}`,
  );
  await run(
    `insert into identity (workspace_id, id, contact_id, kind, value) select $1, k, k, 'phone', '+49' || g from (${talk}) t ${used}`,
  );
  await run(
    `insert into conversation (workspace_id, id, channel_id, contact_id, thread, last_message_seq, last_event_seq, created_at)
     select $1, c, $2, k, 't' || g, ${PER_TALK}, ${PER_TALK * 2}, at from (${talk}) t ${used}`,
  );
  await run(
    `insert into message (workspace_id, id, conversation_id, seq, direction, author, content, status, sent_at, recorded_at)
     select $1, m, c, n, case n % 2 when 1 then 'in' else 'out' end, case n % 2 when 1 then 'contact' else 'bot' end,
       jsonb_build_array(jsonb_build_object('type', 'text', 'text', 'Words of message ' || n || ' of person ' || g || ', as long as people write.')),
       case n % 2 when 1 then 'received' else 'delivered' end, said_at, said_at from (${said}) s ${used}`,
  );
  await run(
    `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
     select $1, c, 1, 'conversation.created', '{}'::jsonb, at from (${talk}) t ${used}`,
  );
  await run(
    `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
     select $1, c, n + 1, 'message.created', jsonb_build_object('message', m, 'by', case n % 2 when 1 then 'contact' else 'bot' end), said_at
     from (${said}) s ${used} order by said_at`,
  );
  await run(
    `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
     select $1, c, ${PER_TALK} + 1 + n / 2, 'turn.completed', jsonb_build_object('bot', $3::uuid, 'outcome', 'answered', 'answered_by', 'rules', 'tokens', 12), said_at
     from (${said}) s ${used} and n % 2 = 0 order by said_at`,
  );
  await here.owner.query('vacuum analyze');
}

/** Runs something, and says how long it took and by how much memory grew. */
async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100);
  const start = performance.now();
  try {
    return await work();
  } finally {
    clearInterval(watch);
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
    process.stdout.write(`${what}: ${seconds} s, RSS ${mb(before)} MB, at most ${mb(peak)} MB\n`);
  }
}

async function exported(
  booted: Booted,
  key: string,
  file: string,
): Promise<{ files: { name: string; sha256: string }[] }> {
  const api = apiOf(booted, key);
  const { id } = (await api('POST', '/v1/exports', {})).body;
  const ready = await until(
    'the archive is ready',
    async () => {
      const { body } = await api('GET', `/v1/exports/${id}`);
      if (body.state === 'failed') throw new Error(body.reason);
      return body.state === 'ready' ? body : null;
    },
    WITHIN_MS,
  );
  const answer = await fetch(`${booted.url}/v1/exports/${id}/download`, {
    headers: { authorization: `Bearer ${key}` },
  });
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file));
  return ready;
}

it(
  'exports, imports and exports again with flat memory, and every report answers',
  async () => {
    process.stdout.write(`messages: ${MESSAGES}\n`);
    const api = apiOf(here, home.key);
    const file = path.join(folder, 'one.tar.gz');
    const first = await measured('export and download', () => exported(here, home.key, file));
    process.stdout.write(`archive: ${(statSync(file).size / 1_048_576).toFixed(0)} MB\n`);
    const { workspaceId } = await there.gateway.get(Workspaces).create({ name: 'Empty', actor: 'system' });
    const key = await keyFor(there, workspaceId);
    const answer = await measured('import', () =>
      fetch(`${there.url}/v1/imports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/vnd.parley.archive' },
        body: Readable.toWeb(createReadStream(file)) as never,
        duplex: 'half',
      } as never),
    );
    expect(answer.status, await answer.text()).toBe(201);
    const second = await measured('export again', () =>
      exported(there, key, path.join(folder, 'two.tar.gz')),
    );
    const hashes = (files: { name: string; sha256: string }[]): object =>
      Object.fromEntries(
        // Reports look back from now, and the audit has a line more.
        files.filter(({ name }) => !/audit|analytics/.test(name)).map(({ name, sha256 }) => [name, sha256]),
      );
    expect(hashes(second.files)).toEqual(hashes(first.files));
    const from = new Date(Date.now() - 120 * 86_400_000).toISOString();
    const range = `from=${from}&to=${new Date().toISOString()}&interval=day&group_by=channel`;
    for (const report of AnalyticsReportName.options) {
      const answer = await measured(report, () => api('GET', `/v1/analytics/${report}?${range}`));
      expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBe(200);
    }
  },
  WITHIN_MS,
);
