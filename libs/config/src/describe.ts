import { z } from 'zod';
import { serviceEnvironment } from './apps.js';
import { embeddingsSlice } from './slices/embeddings.js';
import { limitsSlice } from './slices/limits.js';
import { retentionSlice } from './slices/retention.js';
import { modelSlice } from './slices/model.js';
import {
  databaseSlice,
  logInSlice,
  processSlice,
  queueSlice,
  secretsSlice,
  workSlice,
} from './slices/process.js';
import { egressSlice, mediaSlice, serverSlice, spoolSlice } from './slices/server.js';

/** One setting as the docs show it. */
export interface SettingDoc {
  readonly name: string;
  /** Title of the slice. */
  readonly group: string;
  readonly description: string;
  /** The text that counts when the variable is not set; `undefined` when there is none. */
  readonly defaultText: string | undefined;
  /** How the value is found when it is not set and has no fixed default. */
  readonly derived: string | undefined;
  readonly example: string | undefined;
  /** Gateway and worker do not start without it. */
  readonly isRequired: boolean;
}

const groups: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  'Database and queue': { ...databaseSlice, ...queueSlice },
  Secrets: secretsSlice,
  'Logging in': logInSlice,
  Limits: limitsSlice,
  'How long things are kept': retentionSlice,
  'The server': serverSlice,
  Files: { ...mediaSlice, ...spoolSlice },
  'Calls to the outside': egressSlice,
  'A model for all bots': modelSlice,
  'Knowledge by its meaning': embeddingsSlice,
  'Every process': processSlice,
  Work: workSlice,
};

/** Every setting there is, in the order of the docs; `.env.example` and `docs/config.md` are made from it. */
export function describeSettings(): SettingDoc[] {
  return Object.entries(groups).flatMap(([group, slice]) =>
    Object.entries(slice).map(([name, schema]) => describeSetting(group, name, schema)),
  );
}

/** Names of all settings, sorted: what compose files and launchers may set. */
export const settingNames: readonly string[] = Object.keys(serviceEnvironment.shape).sort((a, b) =>
  a.localeCompare(b),
);

function describeSetting(group: string, name: string, schema: z.ZodType): SettingDoc {
  const meta = schema.meta() ?? {};
  const text = (key: string): string | undefined => (typeof meta[key] === 'string' ? meta[key] : undefined);
  return {
    name,
    group,
    description: schema.description ?? '',
    defaultText: schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : undefined,
    derived: text('derived'),
    example: text('example'),
    isRequired: !schema.safeParse(undefined).success,
  };
}
