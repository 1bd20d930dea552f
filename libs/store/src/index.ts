export * from './embedded/index.js';
export * from './migrator.js';
export { Database, type DatabaseOptions, type WorkspaceTransaction } from './database.js';
export { createPool, type PoolOptions } from './pool.js';
export { storeFault } from './store-fault.js';
export { StoreModule } from './store.module.js';
export * from './repositories/index.js';
export * from './sealing/index.js';
export * from './pipeline/index.js';
