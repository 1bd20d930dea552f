// Builds the TypeScript client as one file without dependencies, for browsers and whoever has no bundler:
// `node tools/build-sdk.mjs [folder]`, by default dist/sdk.
import path from 'node:path';
import { build } from 'vite';

const root = path.dirname(import.meta.dirname);

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  resolve: { conditions: ['parley-source'] },
  build: {
    outDir: path.resolve(process.argv[2] ?? path.join(root, 'dist/sdk')),
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    lib: { entry: path.join(root, 'libs/sdk/src/index.ts'), formats: ['es'], fileName: 'parley' },
  },
});
