import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const meetTwice = `
  const { crashPoint } = await import('#libs/observe');
  crashPoint('mailbox.after-claim');
  console.log('once');
  crashPoint('mailbox.after-claim');
  console.log('twice');
`;
const run = (
  hook: boolean,
  crashPoint: string,
): { signal: string | null; said: string; status: number | null } => {
  const imports = hook ? ['--import', './test/support/crash-hook.mjs'] : [];
  const { signal, stdout, status } = spawnSync(
    process.execPath,
    [...imports, '--input-type=module', '-e', meetTwice],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PARLEY_CRASH_POINT: crashPoint },
    },
  );
  return { signal, said: stdout, status };
};

describe('the crash hook', () => {
  it('kills the process at the nth meeting of the named point', () => {
    expect(run(true, 'mailbox.after-claim:2')).toEqual({ signal: 'SIGKILL', said: 'once\n', status: null });
  });

  it('refuses a name that is no crash point', () => {
    expect(run(true, 'mailbox.nowhere').status).toBe(1);
  });

  it('is not there unless it is loaded, whatever the environment says', () => {
    expect(run(false, 'mailbox.after-claim')).toEqual({ signal: null, said: 'once\ntwice\n', status: 0 });
  });
});
