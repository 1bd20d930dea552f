import { call } from '../../api/call.js';
import type { BotProposal, KnowledgeGap } from '#libs/model';

/** What a question becomes: a phrasing of an intent, a question with an answer, or something that is known. */
export type Way = 'intent' | 'answer' | 'knowledge';

/** A question and what should be learned from it. */
export interface Lesson {
  text: string;
  way: Way;
  intentId: string | null;
  answer: string;
  baseId: string | null;
}

/** What a bot could learn from: a proposal, or a question that its knowledge could not answer. */
export type Source = { kind: 'proposal'; proposal: BotProposal } | { kind: 'gap'; gap: KnowledgeGap };

/** The id of where a lesson comes from. */
export function idOf(source: Source): string {
  return source.kind === 'proposal' ? source.proposal.id : source.gap.id;
}

/** What is proposed, before anybody has changed it. */
export function lessonOf(source: Source): Lesson {
  const empty = { intentId: null, answer: '', baseId: null };
  if (source.kind === 'gap') return { ...empty, text: source.gap.question, way: 'knowledge' };
  const { text, kind, intent_id: intentId, answer } = source.proposal;
  const way = kind === 'phrasing' ? 'intent' : 'answer';
  return { ...empty, text, way, intentId, answer: answer ?? '' };
}

/** Whether there is enough to learn. */
export function isReady({ text, way, intentId, answer, baseId }: Lesson): boolean {
  if (text.trim() === '') return false;
  if (way === 'intent') return intentId !== null;
  return answer.trim() !== '' && (way === 'answer' || baseId !== null);
}

/** Learns it: into the draft of the bot, or into what it knows. */
export async function learn(botId: string, source: Source, lesson: Lesson): Promise<void> {
  if (lesson.way === 'knowledge') return know(source, lesson);
  const text = lesson.text.trim();
  const meant = lesson.way === 'intent' ? { intent_id: lesson.intentId } : { answer: lesson.answer.trim() };
  if (source.kind === 'proposal') {
    await call('POST', `/v1/bot-proposals/${source.proposal.id}/approve`, { body: { text, ...meant } });
    return;
  }
  const made = await call<BotProposal>('POST', `/v1/bots/${botId}/proposals`, { body: { text, ...meant } });
  await call('POST', `/v1/bot-proposals/${made.id}/approve`, { body: {} });
  await putAside(source);
}

/** Puts it aside. */
export async function putAside(source: Source): Promise<void> {
  await (source.kind === 'proposal'
    ? call('POST', `/v1/bot-proposals/${source.proposal.id}/dismiss`)
    : call('POST', `/v1/knowledge-gaps/${source.gap.id}/close`));
}

async function know(source: Source, { text, answer, baseId }: Lesson): Promise<void> {
  const title = text.trim().slice(0, 300);
  const body = { kind: 'text', title, text: `# ${title}\n\n${answer.trim()}` };
  await call('POST', `/v1/knowledge-bases/${baseId}/sources`, { body });
  await putAside(source);
}
