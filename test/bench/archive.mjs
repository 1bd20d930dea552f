import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { KeyService } from '#libs/access';
import { parseGatewayConfig } from '#libs/config';
import { idOf, Scope, uuidOf } from '#libs/model';
import { ApiKeys, Database, Keyring, Sealer, Workspaces } from '#libs/store';
import { writeHistory } from './history.mjs';
import { using } from './rig.mjs';

/**
 * Archives made, taken in by an empty installation and made again there, of a history and of one ten times as long: how fast,
 * and how much memory. Fails when the second archive holds anything else than the first.
 *
 * @param messages  of the longer one, a multiple of 200; as `--messages` says
 */
export async function archives({ house, backend, length, profile, messages: wanted }) {
  const most = wanted ?? length.archived;
  const runs = [];
  for (const messages of [most / 10, most]) {
    runs.push(await roundTrip({ house, backend, messages, profile }));
  }
  const [small, large] = runs;
  const count = (n) => n.toLocaleString('en');
  const beside = `${count(small.messages)} messages`;
  const rows = ['export', 'import', 'export again'].flatMap((way) => {
    const what = `${way} of ${count(large.messages)} messages`;
    const [ours, floor] = [large[way], small[way]];
    return [
      {
        what,
        unit: 'messages/s',
        ours: large.messages / ours.seconds,
        floor: small.messages / floor.seconds,
        beside,
      },
      { what: `${what}: time`, unit: 's', ours: ours.seconds },
      { what: `${what}: most memory`, unit: 'MB', ours: ours.peakMb, floor: floor.peakMb, beside },
      { what: `${what}: above idle`, unit: 'MB', ours: ours.peakMb - ours.idleMb },
    ];
  });
  const compared = `of ${count(large.messages)} messages, both archives`;
  return [
    ...rows,
    { what: `${compared}: files with the same bytes`, unit: 'files', ours: large.same.files },
    { what: `${compared}: rows in them`, unit: 'rows', ours: large.same.rows },
  ];
}

/** One history out of one installation and into another, each with processes of its own. */
async function roundTrip({ house, backend, messages, profile }) {
  const file = path.join(house.folder, `${randomBytes(4).toString('hex')}.tar.gz`);
  const from = await furnished(house, messages);
  const into = await emptied(house);
  const out = await inHouse({ house, backend, profile, tenant: from }, async ({ url, worker }) => {
    const made = await watched(worker.pid, () => exported(url, from.key));
    await download(url, from.key, made.result.id, file);
    return made;
  });
  const [taken, again] = await inHouse(
    { house, backend, profile, tenant: into },
    async ({ url, gateway, worker }) => [
      await watched(gateway.pid, () => imported(url, into.key, file)),
      await watched(worker.pid, () => exported(url, into.key)),
    ],
  );
  rmSync(file);
  const same = compared(out.result.files, again.result.files);
  for (const { env } of [from, into]) {
    await house.admin.query(`drop database ${new URL(env.DATABASE_URL).pathname.slice(1)} with (force)`);
  }
  return { messages, export: out, import: taken, 'export again': again, same };
}

/** What of an archive depends on when and where it was made: reports look back from now, and who imports is on record. */
const OF_ITS_OWN = /audit|analytics/;

/** Compares what two archives hold, byte by byte. @throws Error when it is not the same */
function compared(first, second) {
  const ofBoth = [first, second].map((files) => files.filter(({ name }) => !OF_ITS_OWN.test(name)));
  const [told, said] = ofBoth.map((files) => new Map(files.map((file) => [file.name, file.sha256])));
  const other = [...new Set([...told.keys(), ...said.keys()])].filter(
    (name) => told.get(name) !== said.get(name),
  );
  if (other.length > 0) throw new Error(`The second archive differs in ${other.join(', ')}.`);
  return { files: told.size, rows: ofBoth[0].reduce((sum, { rows }) => sum + rows, 0) };
}

/** An installation of its own with a workspace that holds nothing, and a key to it. */
async function emptied(house) {
  const tenant = await furnished(house, 0);
  const database = new Database({ url: tenant.env.DATABASE_URL, poolMax: 2, name: 'bench' });
  try {
    const sealer = new Sealer(database, new Keyring(parseGatewayConfig(tenant.env).secrets));
    const { workspaceId } = await new Workspaces(database, sealer).create({
      name: 'Empty',
      actor: 'system',
    });
    return { ...tenant, key: await keyOf(tenant.env, uuidOf(workspaceId)) };
  } finally {
    await database.close();
  }
}

/** A tenant with a key, and a history of so many messages; none: an empty workspace of its own. */
export async function furnished(house, messages) {
  const tenant = await house.tenant();
  const env = { ...tenant.env, PARLEY_DATA_DIR: path.join(house.folder, randomBytes(4).toString('hex')) };
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(
    'select c.workspace_id as workspace, c.id as channel, c.bot_id as bot from channel c',
  );
  await client.end();
  const [place] = rows;
  if (messages > 0) await writeHistory(env.DATABASE_URL, place, messages);
  return { ...tenant, env, key: await keyOf(env, place.workspace) };
}

async function keyOf(env, workspace) {
  const database = new Database({ url: env.DATABASE_URL, poolMax: 2, name: 'bench' });
  try {
    const keys = new KeyService(new ApiKeys(database), new Keyring(parseGatewayConfig(env).secrets));
    const input = { name: 'bench', scopes: Scope.options, expiresAt: null, actor: 'system' };
    return (await keys.create(idOf('workspace', workspace), input)).key;
  } finally {
    await database.close();
  }
}

async function inHouse({ house, backend, profile, tenant }, work) {
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const worker = await house.startWorker(tenant, { env: backend.env, ...profile });
  return using([gateway, worker], () => work({ url: new URL(gateway.url).origin, gateway, worker })).catch(
    (error) => {
      throw new Error(
        `${error.message}\n${[readFileSync(house.log('gateway')), readFileSync(house.log('worker'))].join('').slice(-4_000)}`,
      );
    },
  );
}

/** Runs something, and says how long it took and the most resident memory that a process had meanwhile. */
async function watched(pid, work) {
  await sleep(1_000);
  // The kernel begins its high-water mark anew.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const idleMb = highWaterMb(pid);
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1_000, peakMb: highWaterMb(pid), idleMb, result };
}

const highWaterMb = (pid) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;

const headers = (key) => ({ authorization: `Bearer ${key}` });

/** Asks until the gateway has time: on a machine that others use it may say that it has none, for a minute. */
async function patient(ask) {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (answer.status !== 503 || tries === 12) return answer;
    await answer.arrayBuffer();
    await sleep(5_000);
  }
}

async function exported(url, key) {
  const asked = await patient(() =>
    fetch(`${url}/v1/exports`, {
      method: 'POST',
      headers: { ...headers(key), 'content-type': 'application/json' },
      body: '{}',
    }),
  );
  if (asked.status !== 202) throw new Error(`The export was refused: ${await asked.text()}`);
  const { id } = await asked.json();
  for (let looks = 0; looks < 12_000; looks++) {
    const look = await patient(() => fetch(`${url}/v1/exports/${id}`, { headers: headers(key) }));
    const one = await look.json();
    if (one.state === 'ready') return one;
    if (one.state === 'failed') throw new Error(`The export failed: ${one.reason}`);
    await sleep(100);
  }
  throw new Error('The export took more than twenty minutes.');
}

async function download(url, key, id, file) {
  const answer = await patient(() => fetch(`${url}/v1/exports/${id}/download`, { headers: headers(key) }));
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(file));
}

async function imported(url, key, file) {
  const answer = await patient(() =>
    fetch(`${url}/v1/imports`, {
      method: 'POST',
      headers: { ...headers(key), 'content-type': 'application/vnd.parley.archive' },
      body: Readable.toWeb(createReadStream(file)),
      duplex: 'half',
    }),
  );
  if (answer.status !== 201) throw new Error(`The import was refused: ${await answer.text()}`);
  return answer.json();
}
