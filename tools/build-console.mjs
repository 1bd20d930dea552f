// Builds the operations console into dist/apps/console, where the gateway finds it: types are checked, then everything
// is bundled, each screen into files of its own whose names hold a hash of their content.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { compressBuilt } from './compress-built.mjs';

const root = path.dirname(import.meta.dirname);
const app = path.join(root, 'apps/console');

const tsc = path.join(root, 'node_modules/typescript-7/bin/tsc');
const types = spawnSync(process.execPath, [tsc, '-p', path.join(app, 'tsconfig.json')], { stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);

await build({
  root: app,
  base: '/console/',
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  plugins: [react()],
  resolve: { conditions: ['parley-source', 'module', 'browser', 'import', 'default'] },
  build: {
    target: 'es2022',
    // From here on browsers know light-dark() themselves: older ones would get a stand-in that looks at the wrong property.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: path.join(root, 'dist/apps/console'),
    emptyOutDir: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
    // Fonts and pictures inside style sheets would be refused by the policy of the page.
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    rolldownOptions: {
      // Of the model only what is used: its schemas need not come along.
      treeshake: { moduleSideEffects: (id) => !id.includes('/libs/model/') },
    },
  },
});
compressBuilt(path.join(root, 'dist/apps/console'));
