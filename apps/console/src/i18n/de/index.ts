import { access } from './access.js';
import { analytics } from './analytics.js';
import { authoring } from './authoring.js';
import { bots } from './bots.js';
import { channels } from './channels.js';
import { contacts } from './contacts.js';
import { developers } from './developers.js';
import { home } from './home.js';
import { house } from './house.js';
import { inbox } from './inbox.js';
import { knowledge } from './knowledge.js';
import { operations } from './operations.js';
import { parts } from './parts.js';
import { problems } from './problems.js';
import { programs } from './programs.js';
import { queues } from './queues.js';
import { settings } from './settings.js';
import { shell } from './shell.js';

/** All words in this language. */
export const de = {
  access,
  analytics,
  authoring,
  bots,
  channels,
  contacts,
  developers,
  home,
  house,
  inbox,
  knowledge,
  operations,
  parts,
  problems,
  programs,
  queues,
  settings,
  shell,
};
