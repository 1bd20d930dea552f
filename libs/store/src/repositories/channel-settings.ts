import { type ChannelId, uuidOf, type WorkspaceId } from '#libs/model';
import type { Prisma } from '#prisma/client';
import type { Place, Sealer } from '../sealing/sealer.js';

/** Settings of a channel by field; values survive JSON. */
export type Settings = Record<string, unknown>;

/** Sealed fields by name: each is the JSON of the value, sealed for exactly this field of this row. */
export type Secrets = Record<string, string>;

/**
 * Divides settings into what may be shown and what is sealed. A secret field that is not set is in neither.
 *
 * @param input.secrets  names of the fields to seal
 */
export async function sealSettings(
  sealer: Sealer,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  input: { settings: Settings; secrets: readonly string[] },
): Promise<{ settings: Prisma.InputJsonObject; secrets: Secrets }> {
  const settings: Settings = {};
  const secrets: Secrets = {};
  for (const [field, value] of Object.entries(input.settings)) {
    if (value === undefined) continue;
    if (!input.secrets.includes(field)) settings[field] = value;
    else secrets[field] = await sealer.seal(workspaceId, placeOf(channelId, field), JSON.stringify(value));
  }
  return { settings: settings as Prisma.InputJsonObject, secrets };
}

/**
 * Puts settings together again.
 *
 * @throws Fault `store/sealed`
 */
export async function unsealSettings(
  sealer: Sealer,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  row: { settings: Settings; secrets: Secrets },
): Promise<Settings> {
  const settings: Settings = { ...row.settings };
  for (const [field, sealed] of Object.entries(row.secrets)) {
    settings[field] = JSON.parse(await sealer.open(workspaceId, placeOf(channelId, field), sealed));
  }
  return settings;
}

function placeOf(channelId: ChannelId, field: string): Place {
  return { table: 'channel', column: `secrets.${field}`, row: uuidOf(channelId) };
}
