export { EmbeddedPostgres, type EmbeddedPostgresOptions, type RunningPostgres } from './embedded-postgres.js';
export { readLock, takeLock, type FileLock, type LockHolder } from './file-lock.js';
export { accepts, freePort } from './ports.js';
export { identify, isAlive, type ProcessIdentity } from './process-identity.js';
export { programEnvironment, type Program } from './run-program.js';
export { settingsForTests, type ServerSettings } from './settings.js';
