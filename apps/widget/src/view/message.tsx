import type { Content, WidgetMessage } from '#libs/model';
import type { JSX } from 'preact';
import { isAnswered, type Unsent } from '../messages.js';
import type { Ui } from '../ui.js';
import { Below, Inside, type Place } from './content.js';

/** One message of the conversation. */
export function MessageView(props: { ui: Ui; message: WidgetMessage; isFollowUp: boolean }): JSX.Element {
  const { ui, message, isFollowUp } = props;
  const messages = ui.chat.messages.value;
  const texts = ui.texts.value;
  const isOurs = message.direction === 'in';
  const place: Place = {
    ui,
    messageId: message.id,
    isAnswered: isOurs || isAnswered(message, messages) || ui.chat.unsent.value.length > 0,
    isFilledIn: messages.some(
      ({ seq, parts }) => seq > message.seq && parts.some(({ type }) => type === 'form_taken'),
    ),
  };
  const who = isOurs ? texts.you : message.author === 'operator' ? texts.team : ui.assistant.value;
  return (
    <li class={`${isOurs ? 'ours' : 'theirs'}${isFollowUp ? ' follows' : ''}`}>
      {isOurs || isFollowUp ? null : (
        <p class="who" aria-hidden="true">
          {who}
        </p>
      )}
      <span class="unseen">{who}: </span>
      {message.deleted_at === null ? (
        <Pieces parts={message.parts} place={place} />
      ) : (
        <div class="bubble gone">{texts.deleted}</div>
      )}
      <Foot message={message} ui={ui} />
    </li>
  );
}

/** Something that is not sent yet, or never will be. */
export function UnsentView({ ui, unsent }: { ui: Ui; unsent: Unsent }): JSX.Element {
  const { you, waiting, refused, again, remove } = ui.texts.value;
  const { clientId, parts, refusal } = unsent;
  const place: Place = { ui, messageId: '', isAnswered: true, isFilledIn: true };
  return (
    <li class={`ours ${refusal === undefined ? 'waiting' : 'refused'}`}>
      <span class="unseen">{you}: </span>
      <Pieces parts={parts} place={place} />
      {refusal === undefined ? (
        <p class="foot">{ui.chat.connection.value === 'offline' ? waiting : '…'}</p>
      ) : (
        <p class="foot" role="alert">
          {refused} {refusal}{' '}
          <button type="button" onClick={() => ui.chat.settleRefused(clientId, true)}>
            {again}
          </button>{' '}
          <button type="button" onClick={() => ui.chat.settleRefused(clientId, false)}>
            {remove}
          </button>
        </p>
      )}
    </li>
  );
}

function Pieces({ parts, place }: { parts: readonly Content[]; place: Place }): JSX.Element {
  const inside = parts.filter(({ type }) => !['card', 'carousel', 'form'].includes(type));
  return (
    <>
      {inside.length === 0 ? null : (
        <div class="bubble">
          {inside.map((content) => (
            <div dir="auto">
              <Inside content={content} place={place} />
            </div>
          ))}
        </div>
      )}
      {parts.map((content) => (
        <Below content={content} place={place} />
      ))}
    </>
  );
}

/** The time, for whoever looks for it, and how far the visitor's last message is. */
function Foot({ ui, message }: { ui: Ui; message: WidgetMessage }): JSX.Element | null {
  const { texts, language, chat } = ui;
  const { sent, read, edited } = texts.value;
  const ours = chat.messages.value.findLast(({ direction }) => direction === 'in');
  const isLast = chat.messages.value.at(-1)?.id === message.id;
  const isOurLast = ours?.id === message.id;
  if (!isOurLast && !isLast && message.edited_at === null) return null;
  const at = new Date(message.sent_at ?? message.recorded_at);
  const isRead =
    message.status === 'read' ||
    chat.messages.value.some(({ seq, direction }) => direction === 'out' && seq > message.seq);
  const words = [
    at.toLocaleTimeString(language.value, { hour: '2-digit', minute: '2-digit' }),
    message.edited_at === null ? '' : edited,
    isOurLast ? (isRead ? read : sent) : '',
  ];
  return <p class="foot">{words.filter((word) => word !== '').join(' · ')}</p>;
}
