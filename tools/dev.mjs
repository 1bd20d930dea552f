// The compiler in watch mode beside the launcher, which restarts gateway and worker when compiled code changes.
import { spawn } from 'node:child_process';

const TSC = ['node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.json', '--watch', '--preserveWatchOutput'];
const UP = ['--enable-source-maps', 'dist/apps/launcher/src/main.js', 'up', '--watch'];

const tsc = spawn(process.execPath, TSC, { stdio: ['ignore', 'inherit', 'inherit'] });
const up = spawn(process.execPath, UP, { stdio: 'inherit' });
// Ctrl-C reaches both of them from the terminal; only a signal to this process alone has to be handed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => up.kill('SIGTERM'));
up.once('exit', (code) => {
  tsc.kill();
  process.exitCode = code ?? 1;
});
