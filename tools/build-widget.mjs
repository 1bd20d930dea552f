// Builds the web widget into dist/apps/widget, where the gateway finds it: types are checked, the app is bundled under a
// name with a hash of its content, and then the loader, which holds that name. Its coat for React goes into
// dist/clients/react, as a package.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { compressBuilt } from './compress-built.mjs';

const root = path.dirname(import.meta.dirname);
const app = path.join(root, 'apps/widget');
const outDir = path.join(root, 'dist/apps/widget');

const tsc = path.join(root, 'node_modules/typescript-7/bin/tsc');
const compile = (project) => {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
compile(path.join(app, 'tsconfig.json'));
const react = path.join(root, 'clients/react');
compile(path.join(react, 'tsconfig.json'));
compile(path.join(react, 'example/tsconfig.json'));
for (const name of ['package.json', 'README.md']) {
  copyFileSync(path.join(react, name), path.join(root, 'dist/clients/react', name));
}

const common = {
  root: app,
  base: './',
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  resolve: { conditions: ['parley-source'] },
};
const output = { target: 'es2022', outDir, modulePreload: false, reportCompressedSize: false };

const [built] = await build({
  ...common,
  build: {
    ...output,
    emptyOutDir: true,
    // A library: what the entry exports is kept, and no code for preloading is added.
    lib: { entry: path.join(app, 'src/app.tsx'), formats: ['es'] },
    rolldownOptions: {
      // What the window shares with the app stays in the app's file.
      preserveEntrySignatures: 'allow-extension',
      // Of the model only the Markdown parser is used: its schemas need not come along.
      treeshake: { moduleSideEffects: (id) => !id.includes('/libs/model/') },
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        minify: true,
        comments: false,
      },
    },
  },
});
const entry = built.output.find((file) => file.type === 'chunk' && file.isEntry);

await build({
  ...common,
  define: { APP_FILE: JSON.stringify(entry.fileName) },
  build: {
    ...output,
    emptyOutDir: false,
    rolldownOptions: {
      input: path.join(app, 'src/loader.ts'),
      // A plain script: pages load it with one line, and it can find its own tag.
      output: { format: 'iife', entryFileNames: 'widget.js' },
    },
  },
});
compressBuilt(outDir);
