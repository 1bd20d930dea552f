import type { JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { newId } from '../kept.js';
import { Refused } from '../server.js';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';

type State = 'open' | 'busy' | { sentTo: string } | { problem: string };

/** Asks where the conversation is to be sent, and says that it is on its way. */
export function Transcript({ ui }: { ui: Ui }): JSX.Element {
  const { chat, texts } = ui;
  const { byMail, email, send, mailSent } = texts.value;
  const [state, setState] = useState<State>('open');
  // One wish is one mail, however often its sending is tried.
  const [key] = useState(newId);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const address = field.current?.value.trim() ?? '';
    setState('busy');
    try {
      await chat.server.transcript(chat.token ?? '', address, ui.language.value, `${key}${address}`);
      setState({ sentTo: address });
    } catch (error) {
      setState({ problem: error instanceof Refused ? error.detail : texts.value.offline });
    }
  };
  const isSent = typeof state === 'object' && 'sentTo' in state;
  return (
    <form class="scroll asking" onSubmit={(event) => void submit(event)}>
      <div class="card">
        {isSent ? null : (
          <fieldset disabled={state === 'busy'}>
            <p class="heading">{byMail}</p>
            <label>
              <span>{email}</span>
              <input
                ref={field}
                name="email"
                type="email"
                required
                maxLength={254}
                autocomplete="email"
                dir="ltr"
                defaultValue={chat.kept.visitor.answers['email'] ?? ''}
              />
            </label>
            <button type="submit" class="primary">
              {send}
            </button>
          </fieldset>
        )}
        <p class="sent" role="status">
          {isSent ? (
            <>
              <Icon of="check" /> <bdi>{mailSent.replace('{n}', state.sentTo)}</bdi>
            </>
          ) : null}
        </p>
        {isSent ? (
          // The field that had the focus is gone: without another one, Escape would be heard by nobody.
          <button
            type="button"
            class="plain"
            ref={(button) => button?.focus()}
            onClick={() => {
              ui.shown.value = 'talk';
              ui.focus();
            }}
          >
            {texts.value.back}
          </button>
        ) : null}
        <p class="problem" role="alert">
          {typeof state === 'object' && 'problem' in state ? state.problem : ''}
        </p>
      </div>
    </form>
  );
}
