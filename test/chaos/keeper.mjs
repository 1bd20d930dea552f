// Ends what a chaos run has started when the run itself was killed: forked by the world, told process ids over IPC.
/** @type {Map<string, number>} */
const processes = new Map();

process.on('message', ({ name, pid }) => {
  if (pid === null) processes.delete(name);
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
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
