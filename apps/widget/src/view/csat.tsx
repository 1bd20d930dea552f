import { type ChoicesContent, csatOption, type Option } from '#libs/model';
import type { JSX, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Place } from './content.js';
import { Icon } from './icons.js';

const COMMENT_MAX = 2_000;

/** Asks how it was: a score of five, or, behind it, a few words. */
export function Csat({ content, place }: { content: ChoicesContent; place: Place }): JSX.Element | null {
  const isComment = content.options.some(({ id }) => id === csatOption.skip);
  return isComment ? (
    <Comment place={place} />
  ) : (
    <Score options={content.options} question={content.text} place={place} />
  );
}

function Score(props: { options: readonly Option[]; question: string; place: Place }): JSX.Element {
  const { options, question, place } = props;
  const [pointed, setPointed] = useState(0);
  const taken = takenScore(place);
  const shown = taken || pointed;
  const take = ({ id, label }: Option): void => {
    const question_message_id = place.messageId;
    place.ui.chat.say([{ type: 'choice_taken', option_id: id, label, question_message_id }]);
    place.ui.focus();
  };
  return (
    <div class="rating" role="group" aria-label={question} onPointerLeave={() => setPointed(0)}>
      <div>
        {options.map((option, at) => (
          <button
            key={option.id}
            type="button"
            class={at < shown ? 'lit' : ''}
            aria-label={option.label}
            aria-pressed={taken === at + 1}
            disabled={place.isAnswered}
            onPointerEnter={() => setPointed(at + 1)}
            onFocus={() => setPointed(at + 1)}
            onBlur={() => setPointed(0)}
            onClick={() => take(option)}
          >
            <Icon of="star" />
          </button>
        ))}
      </div>
      <p aria-hidden="true">
        {shown ? (
          <span dir="auto">{options[shown - 1]?.label}</span>
        ) : (
          <>
            <span dir="auto">{options[0]?.label}</span>
            <span dir="auto">{options.at(-1)?.label}</span>
          </>
        )}
      </p>
    </div>
  );
}

function Comment({ place }: { place: Place }): JSX.Element | null {
  const { send, write, noComment } = place.ui.texts.value;
  const [text, setText] = useState('');
  if (place.isAnswered) return null;
  const { chat } = place.ui;
  const skip = (): void => {
    const question_message_id = place.messageId;
    chat.say([{ type: 'choice_taken', option_id: csatOption.skip, label: noComment, question_message_id }]);
    place.ui.focus();
  };
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    chat.say([{ type: 'text', text: text.trim() }]);
    place.ui.focus();
  };
  return (
    <form class="card comment" onSubmit={submit}>
      <textarea
        rows={3}
        maxLength={COMMENT_MAX}
        dir="auto"
        value={text}
        aria-label={write}
        placeholder={write}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <div>
        <button type="button" class="plain" onClick={skip}>
          {noComment}
        </button>
        <button type="submit" class="primary" disabled={text.trim() === ''}>
          {send}
        </button>
      </div>
    </form>
  );
}

/** What the visitor has answered by a press; 0 for nothing. */
function takenScore({ ui: { chat }, messageId }: Place): number {
  const said = [...chat.messages.value, ...chat.unsent.value].flatMap(({ parts }) => parts);
  const taken = said.find((part) => part.type === 'choice_taken' && part.question_message_id === messageId);
  return taken?.type === 'choice_taken' ? Number(taken.option_id.slice(csatOption.prefix.length)) || 0 : 0;
}
