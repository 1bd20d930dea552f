import { ConnectionError } from '#libs/sdk';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import type { Desk } from '../desk.js';

/** One thing that was looked at. */
interface Finding {
  what: string;
  isWell: boolean;
  words: string;
}

const CLOCK_MS = 60_000;

/** Looks at everything that has to work, and says what to do about the rest. */
export const doctor: Action = async (desk) => {
  const findings = [nodeVersion(), ...(await ofServer(desk)), ...(await ofKey(desk))];
  const words = findings.map(
    ({ what, isWell, words }) => `${isWell ? pc.green('✓') : pc.red('✗')} ${what}: ${words}`,
  );
  desk.show(findings, words.join('\n'));
  return findings.every(({ isWell }) => isWell) ? 0 : 7;
};

function nodeVersion(): Finding {
  return {
    what: 'node',
    isWell: Number(process.versions.node.split('.')[0]) >= 20,
    words: process.versions.node,
  };
}

async function ofServer({ parley }: Desk): Promise<Finding[]> {
  const { baseUrl } = parley.options;
  try {
    const { data, error, response } = await parley.http.GET('/readyz');
    const ready = (data ?? error) as Record<string, unknown> | undefined;
    const offMs = Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now());
    return [
      { what: 'address', isWell: true, words: baseUrl },
      { what: 'readiness', isWell: response.ok, words: JSON.stringify(ready ?? response.status) },
      { what: 'clock', isWell: !(offMs > CLOCK_MS), words: `off by ${Math.round(offMs / 1_000)} s` },
    ];
  } catch (error) {
    const why =
      error instanceof ConnectionError || error instanceof TypeError ? 'nobody answers there' : String(error);
    return [
      {
        what: 'address',
        isWell: false,
        words: `${baseUrl}: ${why}. Is Parley running? Set PARLEY_URL or --url.`,
      },
    ];
  }
}

async function ofKey({ parley }: Desk): Promise<Finding[]> {
  if (parley.options.apiKey === undefined) {
    return [
      { what: 'key', isWell: false, words: 'there is none: set PARLEY_API_KEY, or run "parley login"' },
    ];
  }
  try {
    const me = await parley.me.get({ maxRetries: 0 });
    const key = { what: 'key', isWell: true, words: `${me.workspace_name}, ${me.scopes.length} scopes` };
    if (!me.scopes.includes('channels:read')) return [key];
    const channels = await parley.channels.list({ limit: 100 }).take(1_000);
    const rows = channels.map(({ name, health }) => ({
      what: `channel ${name}`,
      isWell: health.state !== 'down',
      words: `${health.state} ${health.reason}`,
    }));
    return [key, ...rows];
  } catch (error) {
    return [{ what: 'key', isWell: false, words: error instanceof Error ? error.message : String(error) }];
  }
}
