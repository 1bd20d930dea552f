import type { JSX } from 'preact';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';

const BADGE_MAX = 9;

/** Everything of the widget on a page: the button, and the window when it is open. */
export function Root({ ui }: { ui: Ui }): JSX.Element {
  const { settings, isOpen, panel, texts } = ui;
  const isPopup = settings.mode === 'popup';
  const Panel = panel.value;
  return (
    <>
      {isPopup ? <Proposal ui={ui} /> : null}
      {isPopup ? <Launcher ui={ui} /> : null}
      {isPopup && !isOpen.value ? null : Panel === 'missing' ? (
        <p class="notice" role="status">
          {texts.value.offline}
        </p>
      ) : Panel === null ? null : (
        <Panel ui={ui} />
      )}
    </>
  );
}

/** What the page says first. */
function Proposal({ ui }: { ui: Ui }): JSX.Element {
  const { proposal, texts } = ui;
  return (
    <div role="status">
      {proposal.value === '' ? null : (
        <div class="notice proposal">
          <button type="button" onClick={() => ui.open()}>
            <bdi>{proposal.value}</bdi>
          </button>
          <button
            type="button"
            class="quiet"
            aria-label={texts.value.close}
            onClick={() => (proposal.value = '')}
          >
            <Icon of="close" />
          </button>
        </div>
      )}
    </div>
  );
}

function Launcher({ ui }: { ui: Ui }): JSX.Element {
  const { chat, texts, isOpen } = ui;
  const unread = isOpen.value ? 0 : chat.unread.value;
  const { open, openNew, close } = texts.value;
  const label = isOpen.value ? close : unread > 0 ? openNew.replace('{n}', String(unread)) : open;
  return (
    <button
      type="button"
      class="launcher"
      aria-expanded={isOpen.value}
      aria-label={label}
      onClick={() => (isOpen.value ? ui.close() : ui.open())}
    >
      <Icon of={isOpen.value ? 'down' : 'chat'} />
      {unread > 0 ? (
        <span class="badge" aria-hidden="true">
          {unread > BADGE_MAX ? `${BADGE_MAX}+` : unread}
        </span>
      ) : null}
    </button>
  );
}
