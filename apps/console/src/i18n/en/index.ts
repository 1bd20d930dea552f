import { access } from './access.js';
import { home } from './home.js';
import { shell } from './shell.js';

/** All English words, by namespace: what every other language falls back to. */
export const en = { access, home, shell };
