// Builds the demo page: types are checked, then everything is bundled into dist/apps/demo, where the gateway finds it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'vite';
import { compressBuilt } from './compress-built.mjs';

const root = path.dirname(import.meta.dirname);
const app = path.join(root, 'apps/demo');

const tsc = path.join(root, 'node_modules/typescript-7/bin/tsc');
const types = spawnSync(process.execPath, [tsc, '-p', path.join(app, 'tsconfig.json')], { stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);

await build({
  root: app,
  base: '/',
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  resolve: { conditions: ['parley-source'] },
  build: {
    outDir: path.join(root, 'dist/apps/demo'),
    emptyOutDir: true,
    target: 'es2022',
    // Everything stays a file: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Of the model only the Markdown parser is used: its schemas need not come along.
      treeshake: { moduleSideEffects: false },
    },
  },
});
compressBuilt(path.join(root, 'dist/apps/demo'));
