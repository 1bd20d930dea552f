import { defineConfig } from 'vitest/config';

// Vite 8 compiles TypeScript with oxc, which emits decorator metadata itself: no SWC plugin is needed.
const common = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['parley-source'] },
  ssr: { resolve: { conditions: ['parley-source'] } },
};

export default defineConfig({
  ...common,
  test: {
    reporters: ['default', './test/support/ci-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
      exclude: ['**/generated/**', '**/main.ts'],
      reporter: ['text-summary', 'lcov'],
    },
    maxWorkers: 2,
    projects: [
      {
        ...common,
        test: {
          name: 'small',
          include: ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts', 'test/contract/**/*.test.ts'],
          // A bound and no measure: a hundred cases of a property take their time on a machine that others use.
          testTimeout: 30_000,
        },
      },
      {
        ...common,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          pool: 'forks',
          // Bounds and no measures, as above: whole systems start in the hooks.
          testTimeout: 90_000,
          hookTimeout: 240_000,
        },
      },
      {
        ...common,
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          pool: 'forks',
          // Whole systems that need the machine for themselves: one after the other, after everything else.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 90_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
