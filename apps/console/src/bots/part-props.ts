import type { BotDefinition } from '#libs/model';
import type { BotDraft } from './draft.js';

/** What every tab of a bot gets. */
export interface PartProps {
  botId: string;
  draft: BotDraft;
  definition: BotDefinition;
}
