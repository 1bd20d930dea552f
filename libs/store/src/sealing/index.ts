export { Keyring, type DataKey, type InstallationKeys } from './keyring.js';
export { MediaLinks } from './media-links.js';
export { openText, sealText } from './sealed-text.js';
export { Sealer, type Place, type SealerOptions } from './sealer.js';
