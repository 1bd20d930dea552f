export { Keyring, type DataKey, type InstallationKeys } from './keyring.js';
export { Sealer, type Place, type SealerOptions } from './sealer.js';
