import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Bot, BotDefinition, BotDraft as StoredDraft, BotVersion, PublishDraft } from '#libs/model';
import { call } from '../api/call.js';
import { oneQuery, pageQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import type { Keeping } from '../parts/document-keeper.js';
import { useKeptDocument } from '../parts/use-kept-document.js';
import { type BotProblem, useProblems } from './problems.js';

/** A bot that is being changed: the changes are its draft, which answers nobody until it is published. */
export interface BotDraft {
  bot: Bot | undefined;
  error: unknown;
  definition: BotDefinition | null;
  /** Whether the draft differs from what answers. */
  isChanged: boolean;
  /** How far the last change has come. */
  keeping: Keeping;
  keepingError: unknown;
  /** Who stored the draft last, and when. */
  savedBy: string | null;
  savedAt: string | null;
  /** The version that was published after the draft was last stored; null when none was. */
  newer: number | null;
  problems: readonly BotProblem[];
  mayWrite: boolean;
  /** Just now published in this window. */
  isPublished: boolean;
  change: (next: BotDefinition) => void;
  /** Stores what is waiting. @returns whether the server has everything */
  store: () => Promise<boolean>;
  /** Writes over what somebody else has stored meanwhile. */
  insist: () => Promise<boolean>;
  /** Throws away what the server does not have. */
  takeTheirs: () => Promise<unknown>;
  /** Makes the draft what is published. */
  discard: () => Promise<unknown>;
  publish: (how: Partial<PublishDraft>) => Promise<void>;
}

/** The draft of a bot. */
export function useBotDraft(botId: string): BotDraft {
  const client = useQueryClient();
  const path = `/v1/bots/${botId}`;
  const bot = useQuery(oneQuery<Bot>(path));
  const kept = useKeptDocument<BotDefinition, StoredDraft>({
    path: `${path}/draft`,
    bodyOf: (definition) => ({ definition }),
    valueOf: ({ definition }) => definition,
  });
  const [isPublished, setPublished] = useState(false);
  const mayWrite = useMay('bots:write');
  const { stored, value: definition, keeping } = kept;
  const problems = useProblems(definition);
  const published = bot.data?.definition ?? null;
  const isChanged =
    keeping === 'kept'
      ? (stored?.is_changed ?? false)
      : JSON.stringify(definition) !== JSON.stringify(published);
  const refresh = () =>
    client.invalidateQueries({ predicate: ({ queryKey: [key] }) => String(key).startsWith('/v1/bots') });
  return {
    bot: bot.data,
    error: bot.error ?? (kept.value === null ? kept.error : null),
    definition,
    isChanged,
    keeping,
    keepingError: kept.error,
    savedBy: stored?.updated_by ?? null,
    savedAt: stored?.updated_at ?? null,
    newer: useNewer(path, isChanged ? (stored?.updated_at ?? null) : null),
    problems,
    mayWrite,
    isPublished: isPublished && !isChanged,
    change: (next) => {
      setPublished(false);
      kept.change(next);
    },
    store: () => kept.keeper.flush(),
    insist: () => kept.keeper.insist(),
    takeTheirs: kept.takeTheirs,
    discard: async () => {
      kept.keeper.drop();
      if (published) await call('PUT', `${path}/draft`, { body: { definition: published } });
      await refresh();
    },
    publish: async (how) => {
      if (!(await kept.keeper.flush())) return Promise.reject(kept.keeper.get().error);
      const revision = client.getQueryData<StoredDraft>([`${path}/draft`])?.revision;
      const headers: Record<string, string> = revision === undefined ? {} : { 'if-match': `"${revision}"` };
      client.setQueryData([path], await call<Bot>('POST', `${path}/publish`, { body: how, headers }));
      kept.keeper.drop();
      setPublished(true);
      await refresh();
    },
  };
}

/** The newest version, when it is newer than an instant. */
function useNewer(path: string, since: string | null): number | null {
  const found = useQuery({
    ...pageQuery<BotVersion>(`${path}/versions`, { limit: 1, order: 'desc' }),
    enabled: since !== null,
  });
  const newest = found.data?.data[0];
  return since !== null && newest && newest.created_at > since ? newest.version : null;
}
