import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Bot, BotDefinition, BotProblems } from '#libs/model';
import { call } from '../api/call.js';
import { oneQuery } from '../api/lists.js';
import { Problem } from '../api/problem.js';
import { useMay } from '../api/session.js';
import { useDraft } from '../parts/use-draft.js';

/** One thing that is wrong with a definition, by its place. */
export type BotProblem = BotProblems['problems'][number];

/** A bot that is being changed: the changes stay in this browser until they are published or thrown away. */
export interface BotDraft {
  bot: Bot | undefined;
  error: unknown;
  definition: BotDefinition | null;
  isChanged: boolean;
  /** The version that was published after the changes began; null when none was. */
  newer: number | null;
  problems: readonly BotProblem[];
  mayWrite: boolean;
  change: (next: BotDefinition) => void;
  discard: () => void;
  publish: { run: () => void; isPending: boolean; error: unknown; isDone: boolean };
}

interface Kept {
  definition: BotDefinition;
  from: number | null;
}

const CHECK_AFTER_MS = 500;

/** The draft of a bot. */
export function useBotDraft(botId: string): BotDraft {
  const client = useQueryClient();
  const path = `/v1/bots/${botId}`;
  const found = useQuery(oneQuery<Bot>(path));
  const draft = useDraft<Kept | null>(`bot-${botId}`, null);
  const published = found.data?.definition ?? null;
  const definition = draft.value?.definition ?? published;
  const isChanged =
    draft.value !== null && JSON.stringify(draft.value.definition) !== JSON.stringify(published);
  const problems = useProblems(definition);
  const publish = useMutation({
    mutationFn: () => call<Bot>('POST', `${path}/versions`, { body: { definition } }),
    onSuccess: (bot) => {
      client.setQueryData([path], bot);
      void client.invalidateQueries({ queryKey: ['/v1/bots'] });
      draft.set(null);
      draft.clear();
    },
  });
  const version = found.data?.published_version ?? null;
  return {
    bot: found.data,
    error: found.error,
    definition,
    isChanged,
    newer: isChanged && draft.value?.from !== version ? version : null,
    problems,
    mayWrite: useMay('bots:write'),
    change: (next) => draft.set({ definition: next, from: draft.value?.from ?? version }),
    discard: () => {
      draft.set(null);
      draft.clear();
    },
    publish: {
      run: () => publish.mutate(),
      isPending: publish.isPending,
      error: publish.error,
      isDone: publish.isSuccess && !isChanged,
    },
  };
}

/** What keeps a definition from being published, asked of the server a moment after the last change. */
function useProblems(definition: BotDefinition | null): readonly BotProblem[] {
  const text = useMemo(() => JSON.stringify(definition), [definition]);
  const [settled] = useDebouncedValue(text, CHECK_AFTER_MS);
  const checked = useQuery({
    queryKey: ['/v1/bots/check', settled],
    queryFn: () => problemsOf(settled),
    enabled: settled !== 'null',
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: (before: readonly BotProblem[] | undefined) => before,
  });
  return checked.data ?? [];
}

async function problemsOf(text: string): Promise<readonly BotProblem[]> {
  try {
    const body = { definition: JSON.parse(text) as unknown };
    return (await call<BotProblems>('POST', '/v1/bots/check', { body })).problems;
  } catch (error) {
    // What does not have the form of a definition at all is refused, with the same places.
    if (!(error instanceof Problem) || error.status !== 422) throw error;
    return error.fields.map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^\/definition/, ''),
      code: 'form',
      message: detail,
    }));
  }
}

/** The problems at a place and below it. */
export function problemsAt(problems: readonly BotProblem[], place: string): readonly BotProblem[] {
  return problems.filter(({ pointer }) => pointer === place || pointer.startsWith(`${place}/`));
}
