import type { BotTests, TestConversation } from '#libs/model';
import { keeperAt } from '../../parts/document-keeper.js';
import { type KeptDocument, useKeptDocument } from '../../parts/use-kept-document.js';

const pathOf = (botId: string) => `/v1/bots/${botId}/tests`;

/** What keeps changes of the test set, where it was opened. */
export function keeperOfTests(botId: string) {
  return keeperAt(pathOf(botId));
}

/** The test set of a bot, and what is changed of it. */
export function useTestSet(botId: string): KeptDocument<TestConversation[], BotTests> {
  return useKeptDocument<TestConversation[], BotTests>({
    path: pathOf(botId),
    bodyOf: (conversations) => ({ conversations }),
    valueOf: ({ conversations }) => conversations,
  });
}
