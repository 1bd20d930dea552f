import { house } from './house.js';
import { programs } from './programs.js';
import { analytics } from './analytics.js';
import { access } from './access.js';
import { authoring } from './authoring.js';
import { bots } from './bots.js';
import { channels } from './channels.js';
import { developers } from './developers.js';
import { contacts } from './contacts.js';
import { home } from './home.js';
import { inbox } from './inbox.js';
import { knowledge } from './knowledge.js';
import { operations } from './operations.js';
import { parts } from './parts.js';
import { settings } from './settings.js';
import { queues } from './queues.js';
import { shell } from './shell.js';

/** All English words, by namespace: what every other language falls back to. */
export const en = {
  house,
  programs,
  access,
  analytics,
  authoring,
  bots,
  channels,
  contacts,
  developers,
  home,
  inbox,
  knowledge,
  operations,
  parts,
  queues,
  settings,
  shell,
};
