import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { Console } from './app/console.js';
import { startWords } from './i18n/i18n.js';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="parley-nonce"]')?.content ?? '';
// Where the libraries that make style sheets of their own look for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const place = document.getElementById('console');
if (place) void startWords().then(() => createRoot(place).render(<Console nonce={nonce} />));
