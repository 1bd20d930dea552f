// Generates the Prisma client. `prisma generate` never runs the schema engine, but its CLI insists on having one and
// would download it. Any existing file satisfies the check, on every platform; Node itself fails loudly should the CLI
// ever run it (with /bin/true, `prisma migrate` would report success and do nothing).
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const { status, stderr } = spawnSync(process.execPath, [cli, 'generate', ...process.argv.slice(2)], {
  stdio: ['ignore', 'ignore', 'pipe'],
  env: {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    ...process.env,
  },
});
// On success it only tells where it read its configuration.
if (status !== 0) process.stderr.write(stderr);
process.exit(status ?? 1);
