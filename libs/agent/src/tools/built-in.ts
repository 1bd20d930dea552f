import { redact } from '#libs/bot';
import type { AgentSettings, Approval, BotDefinition, Json, JsonObject } from '#libs/model';
import { hostOf } from '../output/hosts.js';
import type { AgentTool, ToolCall, ToolOutcome } from './tool.js';

/** Runs a tool by its name: one of the definition, else one of the installation. */
export type NamedTools = (name: string, call: ToolCall) => Promise<ToolOutcome>;

type BuiltIn = Omit<AgentTool, 'id'>;

const passagesMax = 5;
const passageMax = 2_000;
const reasonMax = 200;
const dayMs = 86_400_000;

const text = (description: string, maxLength = 500): JsonObject => ({
  type: 'string',
  description,
  maxLength,
});
const object = (properties: JsonObject, required: string[] = Object.keys(properties)): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const word = (value: Json | undefined, max: number): string =>
  typeof value === 'string' ? value.slice(0, max).trim() : '';

/**
 * The built-in tools of a bot by their names. Those of knowledge and memory are there where the turn has some.
 *
 * What they do beyond reading is an effect of the turn, or a named tool: `orders.find`, `calendar.find`, `calendar.book` and
 * `tickets.create`, which the definition describes or the installation brings.
 */
export function builtIns(
  definition: BotDefinition,
  settings: AgentSettings,
  named: NamedTools,
): ReadonlyMap<string, BuiltIn> {
  const region = definition.guardrails?.region;
  const tools: Record<string, BuiltIn> = {
    hand_over: handOver,
    search_knowledge: searchKnowledge,
    set_field: setField(settings.contact_fields.filter((name) => name !== 'name')),
    capture_lead: captureLead,
    search_orders: byName(named, 'orders.find', 'none', {
      description: 'Looks up an order of the customer: its state and when it arrives.',
      schema: object({ order: text('The number of the order, as the customer gave it', 64) }),
    }),
    find_times: byName(named, 'calendar.find', 'none', {
      description: 'Finds free times for an appointment near a time that the customer wants.',
      schema: object({ slot: text('ISO 8601 date and time', 40) }),
    }),
    schedule: byName(named, 'calendar.book', 'person', {
      description: 'Books an appointment at a free time. The customer is asked first.',
      schema: object({ slot: text('ISO 8601 date and time, one of the free ones', 40) }),
      addsEmail: true,
    }),
    create_ticket: byName(named, 'tickets.create', 'person', {
      description:
        'Opens a ticket for a problem that nobody can solve in this chat. The customer is asked first.',
      schema: object({ kind: text('One word for what it is about', 64), text: text('The problem', 2_000) }),
      addsEmail: true,
    }),
    remember: remember(settings.memory?.days ?? 0, region),
  };
  return new Map(Object.entries(tools));
}

const handOver: BuiltIn = {
  description:
    'Passes the conversation to a person of our team: when the customer wants one, or you cannot help. Say so in your answer.',
  schema: object({ reason: text('Why, in one sentence, for the colleague', reasonMax) }),
  approval: 'none',
  run: async ({ input, draft }) => {
    const reason = word(input['reason'], reasonMax) || 'The assistant asked for a person';
    const isAsked = draft.effects.some(({ kind }) => kind === 'hand-over');
    if (!isAsked) draft.emit({ kind: 'hand-over', to: 'queue', reason });
    return { ok: true, value: 'A colleague takes over after your next answer.', ends: true };
  },
};

const searchKnowledge: BuiltIn = {
  description: 'Searches what our company has written down. Use it before you answer a question about us.',
  schema: object({ query: text('What to look for, in the words of the customer', 300) }),
  approval: 'none',
  run: async ({ input, turn }) => {
    if (!turn.knowledge) return { ok: false, code: 'no-knowledge' };
    const found = await turn.knowledge.search(word(input['query'], 300), { limit: passagesMax });
    const value = found.slice(0, passagesMax).map(({ title, text: words, url }) => ({
      title: title.slice(0, 200),
      url,
      text: words.slice(0, passageMax),
    }));
    const hosts = found.flatMap(({ url }) => (url === null ? [] : (hostOf(url) ?? [])));
    return { ok: true, value: value.length > 0 ? value : 'Nothing was found.', hosts };
  },
};

const setField = (names: readonly string[]): BuiltIn => ({
  description: 'Keeps something the customer has said about themselves in one of our fields.',
  schema: object({
    field: { type: 'string', enum: [...names] },
    value: { anyOf: [{ type: 'string', maxLength: 500 }, { type: 'number' }, { type: 'boolean' }] },
  }),
  approval: 'none',
  run: async ({ input, draft }) => {
    const field = word(input['field'], 64);
    if (!names.includes(field)) return { ok: false, code: 'unknown-field' };
    draft.emit({ kind: 'set-contact', fields: { [field]: input['value'] ?? null } });
    return { ok: true, value: 'Kept.' };
  },
});

const captureLead: BuiltIn = {
  description: 'Notes that the customer is interested in buying, for our sales team.',
  schema: object(
    {
      interest: text('What they want', 500),
      when: text('When they want it', 100),
      size: text('How much or how many', 100),
      score: { type: 'integer', minimum: 0, maximum: 100, description: 'How likely they buy' },
    },
    ['interest'],
  ),
  approval: 'none',
  run: async ({ input, draft }) => {
    draft.emit({ kind: 'goal', goal: 'lead', data: input });
    return { ok: true, value: 'Noted.' };
  },
};

const remember = (days: number, region: string | undefined): BuiltIn => ({
  description:
    'Keeps one lasting fact about the customer for later conversations. Never numbers of cards or accounts, health or beliefs.',
  schema: object({ fact: text('One sentence in the third person', 300) }),
  approval: 'none',
  run: async ({ input, turn, draft }) => {
    if (!turn.facts) return { ok: false, code: 'no-memory' };
    const fact = redact(word(input['fact'], 300).replace(/\s+/g, ' '), { region }).text;
    if (fact === '') return { ok: false, code: 'bad-input' };
    const expiresAt = new Date(draft.now + days * dayMs).toISOString();
    draft.emit({ kind: 'remember', text: fact, source: 'agent', expiresAt });
    return { ok: true, value: 'Kept.' };
  },
});

function byName(
  named: NamedTools,
  name: string,
  approval: Approval,
  {
    description,
    schema,
    addsEmail = false,
  }: { description: string; schema: JsonObject; addsEmail?: boolean },
): BuiltIn {
  return {
    description,
    schema,
    approval,
    run: (call) => {
      // The address is ours to know, not the model's to write.
      const email = addsEmail ? call.turn.contact.attributes['email'] : undefined;
      return named(name, { ...call, input: { ...call.input, ...(email !== undefined && { email }) } });
    },
  };
}
