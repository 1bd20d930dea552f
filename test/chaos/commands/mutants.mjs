import { mutants, planOf } from '../mutants.mjs';
import { mutantBuild, mutateDatabase } from '../mutate.mjs';
import { run } from '../run.mjs';
import { keep, table } from './results.mjs';

/** Proves the harness itself: every seeded bug must be caught, and by the invariant that is there for it. */
export async function mutantTable(given) {
  const names = given.only ? [given.only] : Object.keys(mutants);
  const [backend] = given.backends;
  const rows = [['mutant', 'the bug', 'expected', 'caught by', 'seconds', 'seed']];
  let isFine = true;
  for (const name of names) {
    if (!mutants[name]) throw new Error(`There is no mutant ${name}: ${Object.keys(mutants).join(', ')}.`);
    const began = Date.now();
    const caughtBy = await caught(name, backend, given);
    if (caughtBy === null) return console.log('skipped, this machine has no redis-server') ?? true;
    const { bug, expected } = mutants[name];
    const isCaught = expected in caughtBy;
    const by = Object.entries(caughtBy).map(([invariant, count]) => `${invariant} (${count})`);
    const seconds = Math.round((Date.now() - began) / 1_000);
    rows.push([
      name,
      bug,
      expected,
      isCaught ? by.join(', ') : `NOT CAUGHT ${by.join(', ')}`,
      seconds,
      given.seed,
    ]);
    keep(given.json, { mutant: name, expected, caughtBy, seconds, seed: given.seed });
    console.error(`${name}: ${isCaught ? 'caught' : 'NOT CAUGHT'} ${by.join(', ')} (${seconds} s)`);
    isFine &&= isCaught;
  }
  console.log(table(rows));
  return isFine;
}

/** @returns {Promise<Record<string, number> | null>} violations by invariant */
async function caught(name, backend, { seed, keep: keepsRecords }) {
  const mutant = mutants[name];
  const build = mutant.files ? mutantBuild(mutant) : null;
  try {
    const outcome = await run({
      backend,
      seed,
      plan: planOf(name),
      ...(build && { root: build.root }),
      prepare: (world) => mutateDatabase(world.postgres.url, mutant),
    });
    if (!outcome) return null;
    if (keepsRecords) console.error(`  records: ${outcome.folder}`);
    else outcome.remove();
    const counts = {};
    for (const { invariant } of outcome.violations) counts[invariant] = (counts[invariant] ?? 0) + 1;
    return counts;
  } finally {
    build?.remove();
  }
}
