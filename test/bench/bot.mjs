import { BotCore, exampleBot } from '#libs/bot';
import { BotDefinition, newId } from '#libs/model';
import { show, spreadOf } from './numbers.mjs';

// What one turn of the bot core costs without a model, and how fast flows are interpreted. No database and no channel: what a
// message costs with them is in the other scenarios.

/** Nodes that a flow passes in one turn; the interpreter stops a flow at 200. */
const NODES = 190;

const text = (said) => [{ type: 'text', text: said }];
const botOf = (rules, more = {}) => BotDefinition.parse({ persona: { name: 'Bench' }, rules, ...more });

/** A flow that does nothing but pass nodes: expressions, branches, and one message at the end. */
function longFlow() {
  const nodes = {};
  for (let at = 0; at < NODES; at++) {
    const next = `n${at + 1}`;
    nodes[`n${at}`] =
      at % 2 === 0
        ? { type: 'set', values: { count: `${at} + 1` }, next }
        : {
            type: 'branch',
            cases: [{ when: `fields.count > ${NODES}`, next: `n${NODES}` }],
            otherwise: next,
          };
  }
  nodes[`n${NODES}`] = { type: 'say', content: text('done {{ fields.count }}') };
  return { schema: 1, id: 'long', title: 'Long', start: 'n0', nodes };
}

/** Each has a bot and what is written to it, one turn behind the other in one conversation. */
const scenes = [
  {
    name: 'one rule of one',
    bot: () => botOf([{ id: 'hello', when: { words: ['hello'] }, reply: text('Hi!') }]),
    says: ['hello'],
  },
  {
    name: 'the last rule of 1,000',
    bot: () =>
      botOf(
        Array.from({ length: 1_000 }, (_, at) => ({
          id: `r${at}`,
          when: { words: [`word${at}`] },
          reply: text('Here.'),
        })),
      ),
    says: ['please tell me about word999'],
  },
  {
    name: 'the example bot: a rule, a flow of five questions, an intent with a slip',
    bot: exampleBot,
    says: [
      'what are your openning hours?',
      "hi, I'd like a qoute",
      'Ann Miller',
      'ann@example.org',
      'just me',
      'just looking',
      'trak my ordr',
      'stop',
    ],
  },
  {
    name: `a flow of ${NODES} nodes`,
    bot: () => botOf([{ id: 'go', when: { words: ['go'] }, start_flow: 'long' }], { flows: [longFlow()] }),
    says: ['go'],
    nodes: NODES,
  },
];

/** Takes turns of one conversation for so long, after as long a warm-up. @returns milliseconds of each, and processor time of one */
async function takeTurns({ bot, says }, lengthMs) {
  const core = new BotCore();
  const definition = bot();
  const ids = { workspaceId: newId('workspace'), botId: newId('bot'), contactId: newId('contact') };
  const conversation = { conversationId: newId('conversation'), channelId: newId('channel'), owner: 'bot' };
  let took = [];
  let busy = process.cpuUsage();
  let state = {};
  const since = performance.now();
  const signal = new AbortController().signal;
  for (let isWarm = false; performance.now() < since + 2 * lengthMs;) {
    // A conversation of every kind of turn, then a new one.
    state = {};
    for (const said of says) {
      const turn = {
        workspaceId: ids.workspaceId,
        bot: { botId: ids.botId, version: 1, definition },
        conversation: { ...conversation, state, hasReplies: true },
        contact: { contactId: ids.contactId, name: null, attributes: {} },
        messages: [
          {
            messageId: newId('message'),
            direction: 'in',
            content: text(said),
            sentAt: '2026-11-21T09:00:00Z',
          },
        ],
        history: async () => [],
        signal,
      };
      const begun = performance.now();
      const result = await core.answer(turn);
      took.push(performance.now() - begun);
      if (result.replies.length + result.effects.length === 0)
        throw new Error(`The bot of the bench said nothing to “${said}”`);
      state = result.state;
    }
    if (!isWarm && performance.now() >= since + lengthMs) {
      isWarm = true;
      took = [];
      busy = process.cpuUsage();
    }
  }
  const { user, system } = process.cpuUsage(busy);
  return { took, processorMs: (user + system) / 1_000 / took.length };
}

/**
 * Measures turns of the bot core without a model.
 *
 * @param lengthMs  of each scene, after a warm-up of the same length
 * @returns a table for people to read
 */
export async function measureBot(lengthMs) {
  const lines = [];
  for (const scene of scenes) {
    console.error(`Measuring the bot core: ${scene.name} …`);
    const { took, processorMs } = await takeTurns(scene, lengthMs);
    const { p50, p99 } = spreadOf(took);
    const nodes = scene.nodes === undefined ? '–' : show((scene.nodes / processorMs) * 1_000);
    lines.push(
      `| ${scene.name} | ${show(took.length)} | ${show(p50)} ms | ${show(p99)} ms | ${show(processorMs)} ms | ${nodes} |`,
    );
  }
  return [
    'Turns of the bot core without a model, one after the other:',
    '',
    '| bot | turns | p50 | p99 | processor time | nodes a second of processor |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}
