import { contentLimits, type InboundEvent } from '#libs/model';
import { formOf, isLink } from './actions.js';
import { messageIdOf, threadOf, timeOf } from './place.js';
import { WireAction, WireAnswer, type WireInteraction } from './wire.js';

/** Longest id of an option in the model. */
const OPTION_ID_MAX = 128;

type Made = InboundEvent | string;

/**
 * What a person pressed, chose or sent; one event for each action.
 *
 * @returns for each, why there is no event where there is none
 */
export function decodeInteraction(interaction: WireInteraction): Made[] {
  switch (interaction.type) {
    case 'block_actions':
      return (interaction.actions ?? []).map((action) => decodeAction(action, interaction));
    case 'view_submission':
      return [decodeView(interaction)];
    default:
      return [`interaction ${interaction.type}`];
  }
}

function decodeAction(raw: unknown, interaction: WireInteraction): Made {
  const parsed = WireAction.safeParse(raw);
  const { channel, message, user } = interaction;
  if (!parsed.success || !user) return 'an action that lacks what every action has';
  if (!channel) return 'an action outside of a conversation';
  const action = parsed.data;
  if (isLink(action.action_id)) return 'a link was opened';
  const common = {
    event_key: `a:${[channel.id, message?.ts ?? '', action.action_ts, user.id, action.action_id].join(':')}`,
    thread: threadOf(
      channel.id,
      message?.thread_ts === undefined ? undefined : message.ts,
      message?.thread_ts,
    ),
    from: personOf(user),
    provider_id: `a:${channel.id}:${action.action_ts || (message?.ts ?? '')}:${action.action_id}`,
    ...timeOf(action.action_ts),
  };
  const form = formOf(action.action_id);
  if (form !== null) {
    const fields = fieldsOf(interaction.state?.values, form);
    return {
      kind: 'message',
      ...common,
      content: [{ type: 'form_taken', fields }],
      ...repliesTo(channel.id, message?.ts),
    };
  }
  const taken = takenOf(action);
  return taken ? { kind: 'choice', ...common, ...taken } : 'an action that chooses nothing';
}

const repliesTo = (channel: string, ts: string | undefined): { reply_to?: string } =>
  ts === undefined ? {} : { reply_to: messageIdOf(channel, ts) };

function takenOf(action: WireAction): { option_id: string; label: string } | null {
  const option = action.selected_option ?? action.selected_options?.at(-1);
  const value = option?.value ?? action.value ?? answerOf(action);
  if (!value) return null;
  const label = option?.text?.text ?? action.text?.text ?? value;
  return { option_id: value.slice(0, OPTION_ID_MAX), label: label.slice(0, contentLimits.labelMax) };
}

/** A view of ours names the conversation that it belongs to in its private metadata. */
function decodeView({ view, user, trigger_id }: WireInteraction): Made {
  const thread = threadIn(view?.private_metadata);
  if (!user || !view || thread === null) return 'a view that names no conversation';
  const key = `v:${view.id ?? ''}:${view.hash ?? ''}:${user.id}:${trigger_id ?? ''}`.slice(0, 512);
  return {
    kind: 'message',
    event_key: key,
    thread,
    from: personOf(user),
    provider_id: key,
    content: [{ type: 'form_taken', fields: fieldsOf(view.state?.values, '') }],
  };
}

function threadIn(metadata: string | undefined): string | null {
  try {
    const { thread } = JSON.parse(metadata ?? '') as { thread?: unknown };
    return typeof thread === 'string' && /^[CDG][A-Z0-9]+(:\d+\.\d+)?$/.test(thread) ? thread : null;
  } catch {
    return null;
  }
}

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The answers in the blocks with this prefix, by what stands behind it; inputs left empty are left out. */
function fieldsOf(values: Values | undefined, prefix: string): Record<string, string> {
  const entries = Object.entries(values ?? {}).flatMap(([blockId, answers]) => {
    if (!blockId.startsWith(prefix)) return [];
    const said = Object.values(answers).flatMap(
      (answer) => answerOf(WireAnswer.safeParse(answer).data) ?? [],
    );
    const name = blockId.slice(prefix.length).slice(0, OPTION_ID_MAX);
    return said.length === 0 ? [] : [[name, said.join(', ').slice(0, contentLimits.descriptionMax)] as const];
  });
  return Object.fromEntries(entries);
}

function answerOf(answer: WireAnswer | undefined): string | null {
  if (!answer) return null;
  const chosen = answer.selected_options?.map(({ value }) => value).join(', ');
  const when = answer.selected_date_time;
  const all = [
    answer.value,
    answer.selected_option?.value,
    chosen,
    answer.selected_date,
    answer.selected_time,
    when === null || when === undefined ? null : timeOf(String(when)).sent_at,
    answer.selected_user,
    answer.selected_channel,
    answer.selected_conversation,
  ];
  return all.find((one) => one !== null && one !== undefined && one !== '') ?? null;
}

function personOf({ id, name, username }: NonNullable<WireInteraction['user']>) {
  const shown = (name ?? username ?? '').trim().slice(0, 200);
  return { kind: 'slack', value: id, ...(shown && { name: shown }) };
}
