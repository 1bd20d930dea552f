import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type ContactId, isId, type WorkspaceId } from '#libs/model';
import { Contacts, Database } from '#libs/store';
import { type Finding, warning, well } from './finding.js';

const SHOWN = 5;

/**
 * Whether people are back who were erased: an older backup of the database brings them. The gateway keeps the id of each beside
 * the files, as `<media>/erased/<workspace>/<contact>`.
 *
 * @returns nothing where nobody was ever erased
 */
export async function ofErased(url: string, media: string): Promise<Finding[]> {
  const marks = await marksIn(path.join(media, 'erased'));
  if (marks.length === 0) return [];
  const database = new Database({ url, poolMax: 1, name: 'doctor' });
  try {
    const contacts = new Contacts(database);
    const back: ContactId[] = [];
    for (const { workspaceId, ids } of marks) back.push(...(await contacts.among(workspaceId, ids)));
    return [judgeErased(back)];
  } finally {
    await database.close();
  }
}

/** @param back  who was erased and is there */
export function judgeErased(back: readonly ContactId[]): Finding {
  const what = 'erased people';
  if (back.length === 0) return well(what, 'None of them is there.');
  const shown = back.slice(0, SHOWN).join(', ');
  const more = back.length > SHOWN ? ` and ${back.length - SHOWN} more` : '';
  return warning(
    what,
    `${back.length} of them are there, from an older backup or because their erasure did not end: ${shown}${more}.`,
    `Erase each again: POST /v1/contacts/${back[0]}/erase`,
  );
}

async function marksIn(folder: string): Promise<{ workspaceId: WorkspaceId; ids: ContactId[] }[]> {
  const names = async (place: string): Promise<string[]> => readdir(place).catch(() => []);
  const found = (await names(folder)).filter((name): name is WorkspaceId => isId('workspace', name));
  return Promise.all(
    found.map(async (workspaceId) => ({
      workspaceId,
      ids: (await names(path.join(folder, workspaceId))).filter((name): name is ContactId =>
        isId('contact', name),
      ),
    })),
  );
}
