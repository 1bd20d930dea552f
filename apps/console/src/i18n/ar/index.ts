import { access } from './access.js';
import { analytics } from './analytics.js';
import { authoring } from './authoring.js';
import { bots } from './bots.js';
import { home } from './home.js';
import { house } from './house.js';
import { inbox } from './inbox.js';
import { parts } from './parts.js';
import { programs } from './programs.js';
import { queues } from './queues.js';
import { shell } from './shell.js';

/** Words in this language; what is missing is said in English. */
export const ar = { access, analytics, authoring, bots, home, house, inbox, parts, programs, queues, shell };
