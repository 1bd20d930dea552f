import { useMutation } from '@tanstack/react-query';
import type { BotTestRun, TestConversation, TestedConversation } from '#libs/model';
import { call } from '../../api/call.js';

/** A run of the test set and what came of it. */
export interface TestRun {
  done: BotTestRun | undefined;
  isPending: boolean;
  error: unknown;
  /** @param version  `draft`, which is compared with what is published, or `published` */
  go: (version: string, conversations: readonly TestConversation[]) => void;
  /** What came of a conversation; undefined when it did not run, or was changed since. */
  resultOf: (conversation: TestConversation) => TestedConversation | undefined;
}

/**
 * Runs the test set.
 *
 * @param prepare  stores what was typed; gives why it cannot be stored, or null
 */
export function useTestRun(botId: string, prepare: () => Promise<unknown>): TestRun {
  const run = useMutation({
    mutationFn: async (asked: { version: string; conversations: readonly TestConversation[] }) => {
      const why = await prepare();
      if (why !== null) throw why as Error;
      const isDraft = asked.version === 'draft';
      const body = { version: asked.version, ...(isDraft && { compare_with: 'published' }) };
      return call<BotTestRun>('POST', `/v1/bots/${botId}/tests/run`, { body });
    },
  });
  const ran = run.variables?.conversations.map((one) => JSON.stringify(one));
  return {
    done: run.data,
    isPending: run.isPending,
    error: run.error,
    go: (version, conversations) => run.mutate({ version, conversations }),
    resultOf: (conversation) =>
      ran?.includes(JSON.stringify(conversation)) === true
        ? run.data?.report.conversations.find(({ title }) => title === conversation.title)
        : undefined,
  };
}
