import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { BotDefinition, BotProblems } from '#libs/model';
import { call } from '../api/call.js';
import { Problem } from '../api/problem.js';

/** One thing that is wrong with a definition, by its place. */
export type BotProblem = BotProblems['problems'][number];

const CHECK_AFTER_MS = 500;

/** What keeps a definition from being published, asked of the server a moment after the last change. */
export function useProblems(definition: BotDefinition | null): readonly BotProblem[] {
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
