import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isFollowUp } from '../messages.js';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';
import { Markdown } from './markdown.js';
import { MessageView, UnsentView } from './message.js';

/** So near to the end, in pixels, a reader is taken along when something new comes. */
const NEAR_PX = 80;

/** What was said, and what is being written. */
export function Log({ ui }: { ui: Ui }): JSX.Element {
  const { chat, texts } = ui;
  const scroll = useRef<HTMLDivElement>(null);
  const isAtEnd = useSignal(true);
  const toEnd = (): void => scroll.current?.scrollTo({ top: scroll.current.scrollHeight });
  const look = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = scroll.current!;
    isAtEnd.value = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  const messages = chat.messages.value;
  const unsent = chat.unsent.value;
  useLayoutEffect(() => {
    if (isAtEnd.peek() || unsent.length > 0) toEnd();
  }, [messages, unsent, chat.isTyping.value, chat.delta.value, chat.connection.value]);
  const greeting = chat.look.value?.greeting ?? '';
  return (
    <>
      <div
        class="scroll"
        ref={scroll}
        onScroll={look}
        tabIndex={0}
        role="group"
        aria-label={texts.value.messages}
      >
        <p class="day">{dayOf(ui)}</p>
        {greeting === '' ? null : (
          <p class="greeting" dir="auto">
            {greeting}
          </p>
        )}
        <div role="log" aria-live="polite" aria-relevant="additions" aria-label={texts.value.messages}>
          <ol class="log">
            {messages.map((message, at) => (
              <MessageView
                key={message.client_id ?? message.id}
                ui={ui}
                message={message}
                isFollowUp={isFollowUp(message, messages[at - 1])}
              />
            ))}
            {unsent.map((each) => (
              <UnsentView key={each.clientId} ui={ui} unsent={each} />
            ))}
          </ol>
        </div>
        <Writing ui={ui} />
      </div>
      {isAtEnd.value ? null : (
        <button type="button" class="newer" onClick={toEnd}>
          <Icon of="down" /> {texts.value.newer}
        </button>
      )}
    </>
  );
}

/** The day that the conversation began. */
function dayOf({ chat, texts, language }: Ui): string {
  const first = chat.messages.value[0];
  const at = first ? new Date(first.sent_at ?? first.recorded_at) : new Date();
  if (at.toDateString() === new Date().toDateString()) return texts.value.today;
  return at.toLocaleDateString(language.value, { day: 'numeric', month: 'long' });
}

/** What is heard of an answer before it is there. It is read out once, as the message that it becomes. */
function Writing({ ui: { chat, texts, assistant } }: { ui: Ui }): JSX.Element {
  const { isTyping, delta, hasPerson } = chat;
  const name = hasPerson.value ? texts.value.team : assistant.value;
  return (
    <>
      <div aria-hidden="true" class="theirs">
        {delta.value !== null && delta.value !== '' ? (
          <div class="bubble">
            <div dir="auto">
              <Markdown text={delta.value} />
            </div>
          </div>
        ) : isTyping.value ? (
          <div class="bubble typing">
            <i />
            <i />
            <i />
          </div>
        ) : null}
      </div>
      <p class="unseen" role="status">
        {isTyping.value ? texts.value.typing.replace('{n}', name) : ''}
      </p>
    </>
  );
}
