// Ends what a chaos run has started when the run itself was killed: forked by the world, told process ids over IPC.
import { spawnSync } from 'node:child_process';

/** @type {Map<string, number>} */
const processes = new Map();

/** Where a disk of this run is. @type {string | null} */
let disk = null;

process.on('message', ({ name, pid, mount }) => {
  if (mount !== undefined) disk = mount;
  else if (pid === null) processes.delete(name);
  else processes.set(name, pid);
});
process.on('disconnect', () => {
  for (const pid of processes.values()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
  if (disk !== null) spawnSync('umount', ['--lazy', disk]);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
