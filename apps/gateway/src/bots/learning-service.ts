import { Injectable } from '@nestjs/common';
import { learnAnswer, redact, withPhrasing, wordsOf } from '#libs/bot';
import { fault, invalidInput } from '#libs/faults';
import {
  plainTextOf,
  type ApproveBotProposal,
  type BotDefinition,
  type BotId,
  type BotProposal,
  type BotProposalId,
  type CreateBotProposal,
  type MessageId,
  type WorkspaceId,
} from '#libs/model';
import { type Actor, BotDrafts, BotProposals, Conversations } from '#libs/store';

const textMax = 500;
const wordsMax = 300;
const answerMax = 4_000;

/** Lets bots learn from people, once somebody agrees. */
@Injectable()
export class LearningService {
  constructor(
    private readonly proposals: BotProposals,
    private readonly drafts: BotDrafts,
    private readonly conversations: Conversations,
  ) {}

  /**
   * Takes an operator's correction; private pieces are taken out before it is kept.
   *
   * @throws Fault `state/not-found`; `input/invalid` when there is no such intent, or nothing was said
   */
  async propose(workspaceId: WorkspaceId, botId: BotId, body: CreateBotProposal): Promise<BotProposal> {
    const { definition } = await this.drafts.get(workspaceId, botId);
    const { intent_id: intentId = null, message_id: messageId = null } = body;
    if (intentId !== null && !hasIntent(definition, intentId)) {
      throw invalidInput([
        { path: ['intent_id'], code: 'unknown_intent', message: 'There is no such intent' },
      ]);
    }
    const region = definition.guardrails?.region;
    const clean = (text: string, max: number): string => redact(text, { region }).text.trim().slice(0, max);
    const text = clean(body.text ?? (await this.#said(workspaceId, messageId)), textMax);
    const answer = body.answer ?? (await this.#answer(workspaceId, body.answer_message_id));
    const words = wordsOf(text).join(' ').slice(0, wordsMax);
    if (words === '') {
      throw invalidInput([{ path: ['text'], code: 'empty', message: 'There are no words in it' }]);
    }
    const made = await this.proposals.propose(workspaceId, {
      botId,
      kind: intentId === null ? 'answer' : 'phrasing',
      text,
      words,
      intentId,
      answer: answer === null ? null : clean(answer, answerMax),
      source: 'operator',
      messageId,
    });
    if (!made) throw fault('state/not-found', { facts: { botId } });
    return made;
  }

  /**
   * Puts a proposal into the draft: a phrasing into its intent, an answer as an intent of its own.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it is decided already, or the draft cannot take it any more;
   *   `input/invalid` when nobody has given an answer yet
   */
  async approve(
    workspaceId: WorkspaceId,
    proposalId: BotProposalId,
    change: ApproveBotProposal,
    actor: Actor,
  ): Promise<BotProposal> {
    const proposal = await this.proposals.get(workspaceId, proposalId);
    const learned = learnedOf(proposal, change);
    await this.drafts.change(workspaceId, proposal.bot_id, {
      change: (present) => withLearned(present, learned),
      revision: null,
      actor,
      also: (tx) =>
        this.proposals.decideIn(tx, workspaceId, proposalId, { state: 'approved', actor, learned }),
    });
    return this.proposals.get(workspaceId, proposalId);
  }

  async #answer(workspaceId: WorkspaceId, messageId: MessageId | undefined): Promise<string | null> {
    return messageId === undefined ? null : this.#said(workspaceId, messageId);
  }

  async #said(workspaceId: WorkspaceId, messageId: MessageId | null): Promise<string> {
    if (messageId === null) return '';
    const { parts } = await this.conversations.messageById(workspaceId, messageId);
    return parts.map(plainTextOf).filter(Boolean).join('\n');
  }
}

type Learned = Pick<BotProposal, 'kind' | 'text' | 'intent_id' | 'answer'>;

function learnedOf(proposal: BotProposal, change: ApproveBotProposal): Learned {
  const text = change.text ?? proposal.text;
  const intentId = change.answer === undefined ? (change.intent_id ?? proposal.intent_id) : null;
  if (intentId !== null) return { kind: 'phrasing', text, intent_id: intentId, answer: null };
  const answer = change.answer ?? proposal.answer;
  if (answer !== null) return { kind: 'answer', text, intent_id: null, answer };
  const message = 'Nobody has given an answer yet: give one, or the intent that it means';
  throw invalidInput([{ path: ['answer'], code: 'missing', message }]);
}

function withLearned(
  definition: BotDefinition,
  { text, intent_id: intentId, answer }: Learned,
): BotDefinition {
  const learned =
    intentId === null
      ? learnAnswer(definition, text, answer ?? '')
      : withPhrasing(definition, intentId, text);
  if (learned.ok) return learned.definition;
  // It stands there already: there is nothing left to learn, and nothing wrong with it.
  if (learned.reason === 'known-already') return definition;
  const detail =
    learned.reason === 'unknown-intent'
      ? 'The draft has no such intent any more.'
      : 'Another intent of the draft has the same phrasing, word for word.';
  throw fault('state/conflict', { detail });
}

function hasIntent({ understanding }: BotDefinition, intentId: string): boolean {
  return understanding?.intents.some(({ id }) => id === intentId) === true;
}
