import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fault } from '#libs/faults';

/** A bot as files, by their paths below its folder, with slashes. */
export type BotFolder = Record<string, string>;

/** Kinds of files that a bot is made of; whatever else lies in the folder is left alone. */
const KINDS = ['.json', '.md'];

/**
 * Writes a bot into a folder.
 *
 * @throws Fault `input/invalid` for a path that leads out of the folder: nothing is written then
 */
export function writeFolder(folder: string, files: BotFolder): void {
  const root = path.resolve(folder);
  const targets = Object.entries(files).map(([name, text]) => ({
    file: path.resolve(root, name),
    text,
    name,
  }));
  const wrong = targets.find(({ file }) => !file.startsWith(`${root}${path.sep}`));
  if (wrong) throw fault('input/invalid', { detail: `${wrong.name} leads out of ${folder}.` });
  for (const { file, text } of targets) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Reads a bot from a folder. @throws Fault `input/invalid` when there is none */
export function readFolder(folder: string): BotFolder {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.split(path.sep).join('/'))
      .filter((name) => KINDS.includes(path.extname(name)) && !/(^|\/)[.]/.test(name))
      .sort();
    return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw fault('input/invalid', { detail: `${folder} cannot be read: ${why}`, cause });
  }
}
