import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Ui } from '../ui.js';
import { Composer } from './composer.js';
import { Icon } from './icons.js';
import { lazy, loadLazies } from './lazy.js';
import { Log } from './log.js';
import css from './panel.css?inline';
import { Uploads } from '../uploads.js';

export { css, Uploads };

const PreChat = lazy(async () => (await import('./asking.js')).PreChat);
const Threads = lazy(async () => (await import('./asides.js')).Threads);
const Transcript = lazy(async () => (await import('./asides.js')).Transcript);

/** The window of the chat. It covers the whole page only on a phone, and holds the focus only then. */
export function Panel({ ui }: { ui: Ui }): JSX.Element {
  const { settings, isWhole, shown, texts, title, chat } = ui;
  const panel = useRef<HTMLElement>(null);
  const [isOver, setOver] = useState(false);
  const questions = chat.look.value?.pre_chat;
  const isPopup = settings.mode === 'popup';
  const isModal = isPopup && isWhole.value;
  useEffect(loadLazies, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      if (shown.value === 'talk') ui.close();
      else shown.value = 'talk';
    }
    if (event.key === 'Tab' && isModal) keepFocus(event, panel.current!);
  };
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const onDragOver = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent): void => {
    setOver(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    ui.uploads.add(event.dataTransfer?.files ?? []);
  };
  return (
    <section
      ref={panel}
      class="panel"
      role={isPopup ? 'dialog' : 'region'}
      aria-modal={isModal ? 'true' : undefined}
      aria-label={title.value}
      onKeyDown={onKeyDown}
      onDragOver={onDragOver}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <Head ui={ui} />
      {chat.connection.value === 'offline' ? (
        <p class="banner" role="status">
          {texts.value.offline}
        </p>
      ) : null}
      {shown.value === 'transcript' ? (
        <Transcript ui={ui} />
      ) : shown.value === 'list' ? (
        <Threads ui={ui} />
      ) : questions && chat.isAsking.value ? (
        <PreChat ui={ui} questions={questions} />
      ) : (
        <>
          <Log ui={ui} />
          <Composer ui={ui} />
          <PersonLine ui={ui} />
        </>
      )}
      {isOver ? <div class="drop">{texts.value.drop}</div> : null}
    </section>
  );
}

function Head({ ui }: { ui: Ui }): JSX.Element {
  const { texts, title, shown, chat, settings } = ui;
  const { back, chats, close } = texts.value;
  const isAside = shown.value !== 'talk';
  return (
    <header class="head">
      <span class={`face ${chat.connection.value}`} aria-hidden="true">
        <Icon of={chat.hasPerson.value ? 'person' : 'chat'} />
      </span>
      <div class="names">
        <h2>
          <bdi>{isAside ? chats : title.value}</bdi>
        </h2>
        {isAside ? null : <p role="status">{stateOf(ui)}</p>}
      </div>
      <button
        type="button"
        class="quiet"
        aria-label={isAside ? back : chats}
        title={isAside ? back : chats}
        onClick={() => (shown.value = isAside ? 'talk' : 'list')}
      >
        <span class={isAside ? 'turns' : ''}>
          <Icon of={isAside ? 'back' : 'list'} />
        </span>
      </button>
      {settings.mode === 'popup' ? (
        <button type="button" class="quiet" aria-label={close} title={close} onClick={() => ui.close()}>
          <Icon of="close" />
        </button>
      ) : null}
    </header>
  );
}

/** Who answers: that it is a machine is said at all times. */
function stateOf(ui: Ui): string {
  const { chat, texts } = ui;
  const { connecting, offlineShort, personHere, automated, online } = texts.value;
  const { connection, hasPerson, look } = chat;
  if (connection.value === 'offline') return offlineShort;
  if (look.value === null) return connecting;
  if (hasPerson.value) return personHere;
  const assistant = look.value.assistant;
  if (assistant) return `${assistant.name} · ${automated}`;
  return backAt(ui) ?? online;
}

/** When people are there again; null while they are, or when nobody knows. */
function backAt({ chat, texts, language }: Ui): string | null {
  const hours = chat.look.value?.hours;
  if (!hours || hours.is_open || hours.opens_at === null) return null;
  const format = { weekday: 'long', hour: '2-digit', minute: '2-digit' } as const;
  return texts.value.backAt.replace('{n}', new Date(hours.opens_at).toLocaleString(language.value, format));
}

function PersonLine({ ui }: { ui: Ui }): JSX.Element | null {
  const { chat, texts } = ui;
  if (chat.hasPerson.value || !chat.look.value?.assistant) return <div class="under" />;
  const ask = (): void => {
    chat.say([{ type: 'text', text: texts.value.person }]);
    ui.focus();
  };
  return (
    <div class="under">
      <button type="button" onClick={ask}>
        <Icon of="person" /> {texts.value.person}
      </button>
      {backAt(ui) === null ? null : <p>{backAt(ui)}</p>}
    </div>
  );
}

/** Leads the focus round inside the panel. */
function keepFocus(event: KeyboardEvent, panel: HTMLElement): void {
  const all = [
    ...panel.querySelectorAll<HTMLElement>('a[href], button, textarea, input, select, [tabindex="0"]'),
  ];
  const reachable = all.filter((each) => !each.matches(':disabled') && each.getClientRects().length > 0);
  const root = panel.getRootNode() as ShadowRoot;
  const edge = event.shiftKey ? reachable[0] : reachable.at(-1);
  if (root.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? reachable.at(-1) : reachable[0])?.focus();
}
