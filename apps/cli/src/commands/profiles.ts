import { fault } from '#libs/faults';
import type { Action } from '../commands.js';
import { profilesFile, readProfiles, whereTo, writeProfiles } from '../profiles.js';

/** Keeps an address and a key, after they were tried. */
export const login: Action<{ name: string }> = async (desk, _given, { name }) => {
  const { world, globals } = desk;
  const to = whereTo(world, desk.canAsk ? { ...globals, key: globals.key ?? (await askForKey()) } : globals);
  const me = await desk.parley.with(to).me.get();
  const { profiles } = readProfiles(world);
  const profile = { url: to.baseUrl, key: to.apiKey };
  writeProfiles(world, { current: name, profiles: { ...profiles, [name]: profile } });
  desk.show(
    { profile: name, ...me },
    `Profile "${name}" is kept in ${profilesFile(world)}: ${me.workspace_name}.`,
  );
};

async function askForKey(): Promise<string> {
  const { password, isCancel } = await import('@clack/prompts');
  const key = await password({ message: 'API key' });
  if (isCancel(key)) throw fault('input/invalid', { detail: 'Nothing was kept.' });
  return key;
}

/** Forgets a profile. */
export const logout: Action = (desk, [given]) => {
  const { current, profiles } = readProfiles(desk.world);
  const name = given ?? current ?? '';
  if (!(name in profiles)) throw fault('input/invalid', { detail: `There is no profile "${name}".` });
  const { [name]: _, ...rest } = profiles;
  writeProfiles(desk.world, { current: current === name ? null : current, profiles: rest });
  desk.show({ forgotten: name }, `Profile "${name}" is forgotten.`);
  return Promise.resolve();
};

/** Lists profiles, without their keys. */
export const profiles: Action = (desk) => {
  const known = readProfiles(desk.world);
  const rows = Object.entries(known.profiles).map(([name, { url }]) => ({
    name,
    url,
    current: name === known.current,
  }));
  desk.show(
    rows,
    rows.map(({ name, url, current }) => `${current ? '*' : ' '} ${name}  ${url}`).join('\n') || 'None.',
  );
  return Promise.resolve();
};

/** Says whose key it is. */
export const whoami: Action = async (desk) => {
  const me = await desk.parley.me.get();
  desk.show(me, `${me.workspace_name} (${me.workspace_id})\n${me.scopes.join(' ')}`);
};
