import type { Body } from '#libs/sdk';
import type { Action } from '../commands.js';

/** Lists keys. */
export const list: Action = (desk) =>
  desk.list(desk.parley.apiKeys.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['name', ({ name }) => name],
    ['last used', ({ last_used_at: at }) => at],
    ['scopes', ({ scopes }) => scopes.join(' ')],
  ]);

/** Makes a key. */
export const create: Action<{ scopes: string }> = async (desk, [name], { scopes }) => {
  const asked = scopes.split(',') as Body<'ApiKeys_create'>['scopes'];
  const made = await desk.parley.apiKeys.create({ name: name!, scopes: asked });
  desk.show(made, `${made.id}\n${made.key}\nIt is shown this once.`);
};

/** Gives a key a new secret. */
export const rotate: Action<{ overlap?: string }> = async (desk, [id], { overlap }) => {
  const body = overlap === undefined ? {} : { overlap_seconds: Number(overlap) };
  const made = await desk.parley.apiKeys.rotate(id!, body);
  desk.show(made, `${made.key}\nIt is shown this once.`);
};

/** Ends a key. */
export const revoke: Action = async (desk, [id]) => {
  await desk.parley.apiKeys.revoke(id!);
  desk.show({ revoked: id }, `${id} is over.`);
};
