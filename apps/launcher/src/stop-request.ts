const PARENT_LOOK_EVERY_MS = 500;

/** Notices that this process is to stop. */
export interface StopRequest {
  /** Resolves with the first request. */
  readonly asked: Promise<void>;
  /** Stops noticing. */
  dispose(): void;
}

/**
 * Listens for Ctrl-C, SIGTERM and the end of the terminal, and, under npm, for the end of npm.
 *
 * npm hands SIGTERM to its shell, which dies without ending what it runs: being given to another parent is the sign.
 *
 * @param isUnderNpm  whether npm started this process; otherwise a change of parent means nothing (nohup, disown)
 * @param onInsist  called with every request after the first
 */
export function listenForStop(isUnderNpm: boolean, onInsist: () => void): StopRequest {
  let dispose = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    let isAsked = false;
    const ask = (): void => {
      if (isAsked) onInsist();
      isAsked = true;
      resolve();
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, ask);
    const timer = isUnderNpm ? watchParent(ask) : undefined;
    dispose = () => {
      clearInterval(timer);
      for (const signal of signals) process.off(signal, ask);
    };
  });
  return { asked, dispose };
}

function watchParent(onGone: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_LOOK_EVERY_MS);
  return timer.unref();
}
