export * from './embedded/index.js';
export * from './migrator.js';
