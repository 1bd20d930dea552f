// Proves, by trying hard to break it, that Parley loses, doubles and misorders nothing: npm run chaos -- --plan long
import { parseArgs } from 'node:util';
import { faults } from './faults.mjs';
import { plans } from './plans.mjs';
import { run } from './run.mjs';
import { complaints, summary } from './summary.mjs';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'both' },
    seed: { type: 'string' },
    events: { type: 'string' },
    seconds: { type: 'string' },
    plan: { type: 'string', default: 'short' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const plan = plans[values.plan];
if (!plan) stop(`There is no plan ${values.plan}: ${Object.keys(plans).join(', ')}.`);
if (values.only && !faults[values.only])
  stop(`There is no fault ${values.only}: ${Object.keys(faults).join(', ')}.`);
const backends = { both: ['redis', 'postgres'], redis: ['redis'], postgres: ['postgres'] }[values.backend];
if (!backends) stop(`There is no backend ${values.backend}: redis, postgres, both.`);

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const own = {
  ...plan,
  ...(values.events && { events: Number(values.events) }),
  ...(values.seconds && { seconds: Number(values.seconds) }),
  ...(values.only && { faults: { [values.only]: 1 } }),
};

let hasFailed = false;
for (const backend of backends) {
  const outcome = await run({ backend, seed, plan: own });
  if (!outcome) {
    console.log(`${backend}: skipped, this machine has no redis-server`);
    continue;
  }
  console.log(summary(outcome, seed));
  for (const line of complaints(outcome.violations)) console.log(line);
  if (outcome.violations.length === 0 && !values.keep) outcome.remove();
  else console.log(`  records: ${outcome.folder}`);
  hasFailed ||= outcome.violations.length > 0;
}
process.exit(hasFailed ? 1 : 0);

function stop(words) {
  console.error(words);
  process.exit(2);
}
