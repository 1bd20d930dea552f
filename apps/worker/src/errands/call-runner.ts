import path from 'node:path';
import { z } from 'zod';
import { runHttpTool, type AgentPorts } from '#libs/agent';
import type { CallOutcome } from '#libs/bot';
import { timeLimit } from '#libs/faults';
import { isId, type BotDefinition, type BotId, type JsonObject } from '#libs/model';
import type { Bots, ChannelCache, OpenErrand } from '#libs/store';
import { runHook } from './run-hook.js';

/** What a commit stored of a `call` effect. */
const StoredCall = z.object({
  what: z.enum(['tool', 'hook']),
  name: z.string(),
  input: z.record(z.string(), z.json()),
  timeoutMs: z.number().positive(),
  // The version that asked knows the tool. Calls of releases before 2027 lack it; it can be required once none is left.
  bot: z
    .object({ botId: z.string().refine((id): id is BotId => isId('bot', id)), version: z.int() })
    .optional(),
});

/** Runs the calls that bots left to a job: tools that their definition describes, and hooks of the installation. */
export class CallRunner {
  readonly #hooks: string;

  /** @param dataFolder  hooks are in its folder `hooks` */
  constructor(
    private readonly bots: Pick<Bots, 'definitionOf' | 'version'>,
    private readonly channels: Pick<ChannelCache, 'load'>,
    private readonly ports: Pick<AgentPorts, 'fetch' | 'secretOf'>,
    dataFolder: string,
  ) {
    this.#hooks = path.join(dataFolder, 'hooks');
  }

  /**
   * One try. What the other side said is in no failure; codes of tools, and `bad-call`, `no-tool`, `no-hook`.
   *
   * @throws Fault `store/unavailable`
   */
  async run(errand: OpenErrand, signal: AbortSignal): Promise<CallOutcome> {
    const call = StoredCall.safeParse(errand.payload);
    if (!call.success) return { ok: false, code: 'bad-call' };
    const { what, name, timeoutMs } = call.data;
    const input = call.data.input as JsonObject;
    const { workspaceId, conversationId, contact, key: callId } = errand;
    if (what === 'hook') {
      const about = { workspaceId, conversationId, contactId: contact.contactId, callId };
      return runHook(this.#hooks, name, input, about, timeoutMs);
    }
    const definition = await this.#definition(errand, call.data.bot);
    const tool = definition?.tools?.find((one) => one.name === name);
    if (!tool) return { ok: false, code: 'no-tool' };
    const subject = {
      workspaceId,
      contact,
      conversation: {
        conversationId,
        channelId: errand.channelId,
        owner: errand.owner,
        state: {},
        hasReplies: true,
      },
    };
    const time = timeLimit(timeoutMs, signal).signal;
    return runHttpTool(tool, input, subject, callId, this.ports, time);
  }

  /** Of the version that asked; of the one that is published where that is not known any more. */
  async #definition(
    { workspaceId, channelId }: OpenErrand,
    asked: z.infer<typeof StoredCall>['bot'],
  ): Promise<BotDefinition | undefined> {
    const known = asked && (await this.bots.version(workspaceId, asked.botId, asked.version));
    if (known) return known.definition;
    const channel = await this.channels.load(channelId);
    const bot = channel?.botId ? await this.bots.definitionOf(workspaceId, channel.botId) : null;
    return bot?.definition;
  }
}
