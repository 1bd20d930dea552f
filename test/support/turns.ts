import {
  BotDefinition,
  idOf,
  type Content,
  type JsonObject,
  type Owner,
  type Turn,
  type TurnMessage,
} from '#libs/model';

const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
const sentAt = '2026-11-21T09:00:00.000Z';

/** What a test says about its turn; everything else is fixed. */
export interface TurnParts {
  /** New messages, oldest first: texts or whole content. */
  readonly says?: readonly (string | readonly Content[])[];
  readonly definition?: Partial<BotDefinition>;
  readonly owner?: Owner;
  readonly state?: JsonObject;
  readonly hasReplies?: boolean;
  /** What we sent earlier, oldest first. */
  readonly sent?: readonly (readonly Content[])[];
  readonly signal?: AbortSignal;
}

/** A valid bot with a persona and whatever is given. */
export function botOf(parts: Partial<BotDefinition> = {}): BotDefinition {
  return BotDefinition.parse({ persona: { name: 'Polly' }, ...parts });
}

/** One piece of text. */
export function textOf(text: string): Content {
  return { type: 'text', text };
}

/** A message, in or out, with a fixed id and time. */
export function messageOf(direction: 'in' | 'out', content: readonly Content[]): TurnMessage {
  return { messageId: idOf('message', uuid), direction, content, sentAt };
}

/** A turn with fixed ids and times. */
export function turnOf(parts: TurnParts = {}): Turn {
  const history = (parts.sent ?? []).map((content) => messageOf('out', content));
  return {
    workspaceId: idOf('workspace', uuid),
    bot: { botId: idOf('bot', uuid), version: 1, definition: botOf(parts.definition) },
    conversation: {
      conversationId: idOf('conversation', uuid),
      channelId: idOf('channel', uuid),
      owner: parts.owner ?? 'bot',
      state: parts.state ?? {},
      hasReplies: parts.hasReplies ?? false,
    },
    contact: { contactId: idOf('contact', uuid), name: null, attributes: {} },
    messages: (parts.says ?? ['Hi']).map((said) =>
      messageOf('in', typeof said === 'string' ? [textOf(said)] : said),
    ),
    history: async (limit) => history.slice(-limit),
    signal: parts.signal ?? new AbortController().signal,
  };
}
