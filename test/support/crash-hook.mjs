// Loaded into a process of a chaos run with `node --import ./test/support/crash-hook.mjs`.
// PARLEY_CRASH_POINT=name[:nth] kills the process with SIGKILL when it meets that crash point the nth time (first: 1).
// Nothing that is deployed loads this file: without it, crash points do nothing.
import { crashPoints, setCrashHook } from '#libs/observe';

const [name, nth = '1'] = (process.env.PARLEY_CRASH_POINT ?? '').split(':');

if (name !== '') {
  if (!crashPoints.includes(name))
    throw new Error(`There is no crash point ${name}: ${crashPoints.join(', ')}`);
  let left = Number(nth);
  setCrashHook((met) => {
    if (met === name && --left === 0) process.kill(process.pid, 'SIGKILL');
  });
}
