import type { Content } from '#libs/model';
import { makeStore } from '../parts/store.js';
import type { Outgoing } from './outbox.js';

/** What is being written in a conversation: a reply with its files, and a note. */
export interface DraftOf {
  tab: 'reply' | 'note';
  reply: string;
  note: string;
  parts: Content[];
}

const PREFIX = 'parley.draft.inbox.';
const nothing: DraftOf = { tab: 'reply', reply: '', note: '', parts: [] };

/** All drafts that were looked at, by conversation; each is kept in this browser besides. */
const drafts = makeStore<Readonly<Record<string, DraftOf>>>({});

/** What was typed in a conversation and not sent, over reloads and changes of the conversation. */
export function useDraftOf(conversationId: string): [DraftOf, (changes: Partial<DraftOf>) => void] {
  const known = drafts.use()[conversationId] ?? read(conversationId);
  return [known, (changes) => change(conversationId, changes)];
}

/** Puts something that was not sent back to where it is written. */
export function giveBack({ conversationId, kind, text, parts }: Outgoing): void {
  const now = drafts.get()[conversationId] ?? read(conversationId);
  const joined = [now[kind], text].filter((piece) => piece !== '').join('\n\n');
  change(conversationId, { tab: kind, [kind]: joined, parts: [...now.parts, ...parts] });
}

function change(conversationId: string, changes: Partial<DraftOf>): void {
  const now = drafts.get()[conversationId] ?? read(conversationId);
  const next = { ...now, ...changes };
  drafts.set({ ...drafts.get(), [conversationId]: next });
  try {
    const isEmpty = next.reply === '' && next.note === '' && next.parts.length === 0;
    if (isEmpty) localStorage.removeItem(PREFIX + conversationId);
    else localStorage.setItem(PREFIX + conversationId, JSON.stringify(next));
  } catch {
    // A full store keeps no draft; what is on the screen stays.
  }
}

function read(conversationId: string): DraftOf {
  try {
    const text = localStorage.getItem(PREFIX + conversationId);
    return text === null ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<DraftOf>) };
  } catch {
    return nothing;
  }
}
