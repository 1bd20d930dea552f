/** Milliseconds of processor time that work took: unlike those of a clock, others on the machine do not lengthen them much. */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
