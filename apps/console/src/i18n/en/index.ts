import { access } from './access.js';
import { channels } from './channels.js';
import { home } from './home.js';
import { parts } from './parts.js';
import { shell } from './shell.js';

/** All English words, by namespace: what every other language falls back to. */
export const en = { access, channels, home, parts, shell };
