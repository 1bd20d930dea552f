import { faults } from '../faults.mjs';
import { run } from '../run.mjs';
import { complaints, summary } from '../summary.mjs';
import { keep } from './results.mjs';

/** Runs a plan on each backend and says what was seen. @param {import('../plans.mjs').Plan} plan */
export function plain(plan) {
  return async (given) => {
    const { backends, seed, events, seconds, late, only } = given;
    if (only && !faults[only])
      throw new Error(`There is no fault ${only}: ${Object.keys(faults).join(', ')}.`);
    const changes = {
      ...(events && { events: Number(events) }),
      ...(seconds && { seconds: Number(seconds) }),
      ...(late && { lateMs: Number(late) }),
    };
    const own = { ...plan, ...changes, ...(only && { faults: { [only]: 1 } }) };
    if (events || seconds) delete own.on;
    let isFine = true;
    for (const backend of backends) isFine = (await tell({ backend, seed, plan: own }, given)) && isFine;
    return isFine;
  };
}

/**
 * One run, told.
 *
 * @param {Parameters<typeof run>[0]} options
 * @param {import('./index.mjs').Given} given
 * @returns {Promise<boolean>} whether everything held
 */
export async function tell(options, given) {
  const outcome = await run(options);
  if (!outcome) {
    console.log(`${options.backend}: skipped, this machine has no redis-server`);
    return true;
  }
  const line = summary(outcome, options.seed);
  const words = complaints(outcome.violations);
  for (const said of [line, ...words]) console.log(said);
  keep(given.json, { line, complaints: words });
  if (outcome.violations.length === 0 && !given.keep) outcome.remove();
  else console.log(`  records: ${outcome.folder}`);
  return outcome.violations.length === 0;
}
