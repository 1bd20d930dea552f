/**
 * Kills a process and everything it has started that stayed in its process group.
 *
 * Only for processes that were started as leaders of a group of their own; one that is gone already does no harm.
 */
export function killGroup(pid: number): void {
  try {
    // Windows knows no process groups.
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
