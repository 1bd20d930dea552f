// Proves, by trying hard to break it, that Parley loses, doubles and misorders nothing: npm run chaos -- long
import { parseArgs } from 'node:util';
import { commands } from './commands/index.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'both' },
    seed: { type: 'string' },
    events: { type: 'string' },
    seconds: { type: 'string' },
    late: { type: 'string' },
    plan: { type: 'string' },
    only: { type: 'string' },
    times: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const [name = values.plan ?? 'short'] = positionals;
const command = commands[name];
const backends = { both: ['redis', 'postgres'], redis: ['redis'], postgres: ['postgres'] }[values.backend];
if (!command) stop(`There is no command ${name}: ${Object.keys(commands).join(', ')}.`);
if (!backends) stop(`There is no backend ${values.backend}: redis, postgres, both.`);

const seed = Number(values.seed ?? Date.now() % 1_000_000);
process.exit((await command({ ...values, seed, backends })) ? 0 : 1);

function stop(words) {
  console.error(words);
  process.exit(2);
}
