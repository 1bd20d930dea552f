import { writeFile } from 'node:fs/promises';
import type { Action } from '../commands.js';

/** Lists people, or finds them. */
export const list: Action<{ find?: string; address?: string }> = (desk, _given, { find, address }) =>
  desk.list(
    desk.parley.contacts.list({
      limit: 100,
      ...(find !== undefined && { q: find }),
      ...(address !== undefined && { address }),
    }),
    [
      ['id', ({ id }) => id],
      ['name', ({ name }) => name],
      ['addresses', ({ identities }) => identities.map(({ kind, value }) => `${kind}:${value}`).join(' ')],
    ],
  );

/** Writes everything that is stored of a person into a file that only its owner can read. */
export const exportOne: Action = async (desk, [id, file]) => {
  const everything = await desk.parley.contacts.export(id!);
  const target = file ?? `${id}.json`;
  await writeFile(target, `${JSON.stringify(everything, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  desk.show({ file: target }, `${target}: everything that is stored of ${id}.`);
};

/** Counts what an erasure would take; takes it only when that is said, since nothing brings it back. */
export const erase: Action<{ yes?: boolean }> = async (desk, [id], { yes }) => {
  const isMeant = yes === true;
  const found = await desk.parley.contacts.erase(id!, { dry_run: !isMeant });
  const { conversations, messages, identities, files } = found;
  const what = `conversations: ${conversations}, messages: ${messages}, addresses: ${identities}, files: ${files}`;
  desk.show(found, isMeant ? `${id} is erased, for good (${what}).` : `Would be erased, for good (${what}).`);
  if (!isMeant) desk.note(`Nothing was changed. To do it: parley contacts erase ${id} --yes`);
};
