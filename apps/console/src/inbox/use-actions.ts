import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, InboxConversation } from '#libs/model';
import { call } from '../api/call.js';
import { Problem } from '../api/problem.js';
import { useSession } from '../api/session.js';
import { toldProblem } from '../parts/told.js';
import { conversationQuery, keepConversation } from './inbox-data.js';

/** What can be done with a conversation; each says itself when it fails. */
export interface ConversationActions {
  /** Its own answers from now on, nobody else’s: the bot is silent. */
  take: () => Promise<void>;
  /** The bot answers again. */
  release: () => Promise<void>;
  /** It waits for whoever comes next. */
  pass: () => Promise<void>;
  assign: (memberId: string | null) => Promise<void>;
  label: (add: readonly string[], remove: readonly string[]) => Promise<void>;
  snooze: (until: Date) => Promise<void>;
  close: () => Promise<void>;
  reopen: () => Promise<void>;
  markUnread: () => Promise<void>;
}

/** The actions for one conversation as it is now. */
export function useActions(conversation: Conversation): ConversationActions {
  const client = useQueryClient();
  const { member } = useSession();
  const { t } = useTranslation('inbox');
  return useMemo(() => {
    const { id, owner, assignee_id } = conversation;
    const at = `/v1/conversations/${id}`;
    const keep = (item: InboxConversation) => keepConversation(client, item, member.id);
    const patch = async (body: object) => keep(await call<InboxConversation>('PATCH', at, { body }));
    const control = (to: string) =>
      call<Conversation>('POST', `${at}/control`, { body: { to, expected_owner: owner } });
    const tried = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        const isTaken = error instanceof Problem && error.code === 'state/conflict';
        toldProblem(isTaken ? new Error(t('conflict')) : error);
        if (isTaken) await client.invalidateQueries({ queryKey: conversationQuery(id).queryKey });
      }
    };
    const handOn = (to: 'bot' | 'queue') =>
      tried(async () => {
        if (owner !== to) await control(to);
        await patch({ assignee_id: null });
      });
    return {
      take: () =>
        tried(async () => {
          // Who assigns it first has it: the other one is told before the bot or a colleague is interrupted.
          await patch({ assignee_id: member.id, expected_assignee_id: assignee_id });
          if (owner !== 'operator') await control('operator');
        }),
      release: () => handOn('bot'),
      pass: () => handOn('queue'),
      assign: (memberId) => tried(() => patch({ assignee_id: memberId, expected_assignee_id: assignee_id })),
      label: (add, remove) =>
        tried(async () =>
          keep(await call<InboxConversation>('POST', `${at}/labels`, { body: { add, remove } })),
        ),
      snooze: (until) => tried(() => patch({ state: 'snoozed', snoozed_until: until.toISOString() })),
      close: () => tried(() => patch({ state: 'closed' })),
      reopen: () => tried(() => patch({ state: 'open' })),
      markUnread: () => tried(() => call('POST', `${at}/read`, { body: { seq: 0 } })),
    };
  }, [client, conversation, member.id, t]);
}
