import { access } from './access.js';
import { home } from './home.js';
import { inbox } from './inbox.js';
import { parts } from './parts.js';
import { shell } from './shell.js';

/** Words in this language; what is missing is said in English. */
export const ar = { access, home, inbox, parts, shell };
