import { parseLauncherConfig, type Environment } from '#libs/config';
import { freePort } from '#libs/store';
import { Launch } from './launch.js';
import { say } from './say.js';
import { listenForStop } from './stop-request.js';

/**
 * Runs Parley until it is told to stop: database, migrations, gateway and worker up in order, and down in order.
 *
 * @returns the exit code; 0 after Ctrl-C or SIGTERM
 * @throws Fault with a sentence for whatever keeps Parley from running; everything that was started is stopped before
 */
export async function up(env: Environment, options: { isWatching: boolean }): Promise<number> {
  // The terminal or npm may be gone before we are; a line nobody reads must not end the run.
  process.stdout.on('error', () => undefined);
  const settled = await choosePort(env);
  const launch = new Launch(parseLauncherConfig(settled), settled, options);
  const stop = listenForStop(env['npm_lifecycle_event'] !== undefined, () => launch.kill());
  try {
    await Promise.race([launch.run(), stop.asked]);
    say('Stopping.');
  } finally {
    await launch.stop();
    stop.dispose();
  }
  say('Parley has stopped.');
  return 0;
}

/** With PARLEY_PORT=0 the launcher chooses the port, so that a restarted gateway gets the same one. */
async function choosePort(env: Environment): Promise<Environment> {
  const { http } = parseLauncherConfig(env);
  return http.port === 0 ? { ...env, PARLEY_PORT: String(await freePort()) } : env;
}
