import { plans } from '../plans.mjs';
import { mutantTable } from './mutants.mjs';
import { outage } from './outage.mjs';
import { plain } from './plain.mjs';
import { resume } from './resume.mjs';
import { clock, crash, disk, rolling, storm } from './targeted.mjs';

/**
 * What `npm run chaos --` can be followed by. Each resolves to whether everything held.
 *
 * @typedef {object} Given
 * @property {number} seed
 * @property {readonly ('redis' | 'postgres')[]} backends
 * @property {string} [only]     one fault, one mutant, one crash point
 * @property {string} [times]
 * @property {string} [events]
 * @property {string} [seconds]
 * @property {string} [late]     milliseconds after which an acknowledgement is late
 * @property {string} [json]     a file for the results
 * @property {boolean} keep      keeps the records of runs without violations too
 */

/** @type {Readonly<Record<string, (given: Given) => Promise<boolean>>>} */
export const commands = {
  ...Object.fromEntries(Object.entries(plans).map(([name, plan]) => [name, plain(plan)])),
  mutants: mutantTable,
  crash,
  rolling,
  storm,
  disk,
  clock,
  outage,
  resume,
};
