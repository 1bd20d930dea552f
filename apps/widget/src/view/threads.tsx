import type { JSX } from 'preact';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';

/** The conversations of this visitor. */
export function Threads({ ui }: { ui: Ui }): JSX.Element {
  const { chat, texts, language } = ui;
  const threads = chat.kept.threads.filter(({ preview }) => preview !== '');
  return (
    <div class="threads">
      <ul>
        {threads.map(({ id, preview, at }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === chat.threadId.value ? 'true' : undefined}
              onClick={() => ui.goTo(id)}
            >
              <span dir="auto">{preview}</span>
              <small>
                {new Date(at).toLocaleDateString(language.value, { day: 'numeric', month: 'short' })}
              </small>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="primary" onClick={() => ui.goTo()}>
        <Icon of="plus" /> {texts.value.newChat}
      </button>
      {chat.look.value?.transcript === true && chat.messages.value.length > 0 ? (
        <button type="button" class="plain" onClick={() => (ui.shown.value = 'transcript')}>
          <Icon of="mail" /> {texts.value.byMail}
        </button>
      ) : null}
    </div>
  );
}
