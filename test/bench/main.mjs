import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { archives } from './archive.mjs';
import { measureBot } from './bot.mjs';
import { House } from './house.mjs';
import { measureKnowledge } from './knowledge.mjs';
import { limits } from './limits.mjs';
import { measureNewcomer } from './newcomer.mjs';
import { writeFunctions, writeStatements } from './profile.mjs';
import { lengths } from './rig.mjs';
import { scenarios } from './scenarios.mjs';
import { steps } from './steps.mjs';
import { report } from './table.mjs';

const usage = `npm run bench -- [--backend redis|postgres|both] [--only ack|durable|slow|webhooks|knowledge|bot|export|limits|newcomer|steps] [--messages N] [--quick] [--profile FOLDER]
  --messages  of --only export: a multiple of 200; a million unless it is said`;

/** No run of everything holds them: one takes many minutes, one is of requests that carry no message, one is of PostgreSQL alone. */
const whenAsked = { export: archives, limits, steps };

/** @returns the options, or null when they make no sense */
function options() {
  try {
    const { values } = parseArgs({
      options: {
        backend: { type: 'string', default: 'both' },
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        profile: { type: 'string' },
        messages: { type: 'string' },
      },
    });
    const isKnown =
      ['redis', 'postgres', 'both'].includes(values.backend) &&
      (values.only === undefined ||
        ['knowledge', 'bot', 'newcomer'].includes(values.only) ||
        values.only in { ...scenarios, ...whenAsked });
    const messages = values.messages === undefined ? undefined : Number(values.messages);
    const isCount =
      messages === undefined || (messages > 0 && messages % 200 === 0 && values.only === 'export');
    return isKnown && isCount ? { ...values, messages } : null;
  } catch {
    return null;
  }
}

async function backendsFor(house, wanted) {
  const backends = wanted === 'redis' ? [] : [{ name: 'postgres', env: {} }];
  if (wanted === 'postgres') return backends;
  const redis = await house.startRedis();
  if (redis) backends.push({ name: 'redis', env: { REDIS_URL: redis.url }, pid: redis.pid });
  else console.error('There is no redis-server on this machine: Redis is left out.');
  return backends;
}

async function bench({ backend, only, quick, profile, messages }) {
  const botMs = quick ? 250 : 3_000;
  // It needs neither database nor queue.
  if (only === 'bot') return console.log(await measureBot(botMs));
  // It has a house of its own, as a newcomer makes it.
  if (only === 'newcomer') return console.log(await measureNewcomer());
  const house = await House.open({ isCounting: profile !== undefined });
  const stop = () => void house.close().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    // It has no queue: it is measured once.
    if (only === 'knowledge') return console.log(await measureKnowledge(house));
    const backends = await backendsFor(house, backend);
    const length = quick ? lengths.quick : lengths.full;
    const profiled = profile && {
      profile: { execArgv: ['--cpu-prof', '--cpu-prof-dir', path.resolve(profile)] },
    };
    const rows = [];
    for (const one of backends) {
      for (const name of only ? [only] : Object.keys(scenarios)) {
        console.error(`Measuring ${name}, queue on ${one.name} …`);
        const measured = await (scenarios[name] ?? whenAsked[name])({
          house,
          backend: one,
          length,
          messages,
          ...profiled,
        });
        rows.push(...measured.map((row) => ({ ...row, backend: one.name })));
      }
    }
    if (profile) await writeProfile(house, path.resolve(profile));
    const command = [
      'npm run bench',
      ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : []),
    ].join(' ');
    const names = backends.map(({ name }) => name);
    console.log(report({ rows, backends: names, command, postgresVersion: house.postgresVersion }));
    if (!only) console.log(`\n${await measureKnowledge(house)}\n\n${await measureBot(botMs)}`);
  } finally {
    await house.close();
  }
}

async function writeProfile(house, folder) {
  mkdirSync(folder, { recursive: true });
  await writeStatements(house.adminUrl, folder);
  writeFunctions(folder);
}

const wanted = options();
if (wanted === null) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await bench(wanted);
}
