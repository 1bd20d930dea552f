import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

const checkout = path.resolve(import.meta.dirname, '../..');

/**
 * Makes a build with a bug in it: a copy, beside which nothing else changes.
 *
 * @param {import('./mutants.mjs').Mutant} mutant
 * @returns {{ root: string, remove: () => void }} root: as a checkout, as far as running apps goes
 * @throws when the text to be changed does not stand there exactly once: the code has moved on, the mutant must follow
 */
export function mutantBuild({ files = [] }) {
  const root = mkdtempSync(path.join(tmpdir(), 'parley-mutant-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    cpSync(path.join(checkout, 'dist'), path.join(root, 'dist'), { recursive: true });
    cpSync(path.join(checkout, 'package.json'), path.join(root, 'package.json'));
    symlinkSync(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
    mkdirSync(path.join(root, 'test/support'), { recursive: true });
    for (const hook of ['chaos-hook.mjs', 'crash-hook.mjs'])
      cpSync(path.join(checkout, 'test/support', hook), path.join(root, 'test/support', hook));
    for (const { file, from, to } of files) {
      const name = path.join(root, 'dist', file);
      writeFileSync(name, changed(readFileSync(name, 'utf8'), from, to, file));
    }
    return { root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Puts the bug of a mutant into the functions of a database.
 *
 * @param {string} databaseUrl  as its owner
 * @param {import('./mutants.mjs').Mutant} mutant
 */
export async function mutateDatabase(databaseUrl, { functions = [], statements = [] }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
    for (const { of, from, to } of functions) {
      const { rows } = await client.query('select pg_get_functiondef($1::regprocedure) as text', [of]);
      await client.query(changed(rows[0].text, from, to, of));
    }
  } finally {
    await client.end();
  }
}

/** @returns {string} the text with the one place changed */
export function changed(text, from, to, where) {
  const places = text.split(from).length - 1;
  if (places !== 1) throw new Error(`${where} has ${places} places that read: ${from}`);
  return text.replace(from, () => to);
}
