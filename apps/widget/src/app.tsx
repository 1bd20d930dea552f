import { effect } from '@preact/signals';
import { render } from 'preact';
import { calls } from './calls.js';
import { Chat } from './chat.js';
import { Kept } from './kept.js';
import { beep, flashTitle, Outside } from './outside.js';
import { Server } from './server.js';
import { readSettings } from './settings.js';
import type { Stage, Take } from './stage.js';
import css from './style.css?inline';
import { Ui } from './ui.js';
import { Root } from './view/root.js';

/** Puts the chat where the loader has made room for it, and takes the calls of the page from then on. */
export function start({ host, root, base, data, queue }: Stage): Take {
  const settings = readSettings(data);
  const outside = new Outside(host, settings);
  const kept = new Kept(settings.channel, () => localStorage);
  const chat = new Chat(new Server(base), kept, {
    channel: settings.channel,
    locale: () => host.lang || 'en',
    tell: (name, detail) => {
      outside.tell(name, detail);
      if (name === 'message' && settings.hasSound) beep();
    },
  });
  const ui = new Ui(chat, settings, host, (name) => outside.tell(name));
  dress(root);
  effect(() => outside.tell('unread', { count: chat.unread.value }));
  effect(() => {
    if (settings.hasFlash) flashTitle(chat.unread.value);
  });
  watchReading(ui);
  if (settings.mode !== 'popup' || chat.hasPast) chat.connect();
  ui.reopen();
  // Whoever has come near the button is about to press it.
  if (settings.mode !== 'popup' || !chat.hasPast) void ui.load();
  if (settings.proposal !== '') {
    const left = settings.proposalAfter * 1_000 - performance.now();
    setTimeout(() => ui.propose(settings.proposal), Math.max(0, left));
  }
  const take = calls(ui, host, outside);
  for (const call of queue) take(call);
  render(<Root ui={ui} />, root);
  return take;
}

/** Our style instead of the loader's, which drew only the button. */
function dress(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.replaceChildren();
}

/** What is on the screen of somebody who looks counts as read. */
function watchReading({ chat, isOpen, settings }: Ui): void {
  const look = (): void => {
    const isShown = settings.mode !== 'popup' || isOpen.value;
    if (isShown && chat.messages.value.length > 0 && !document.hidden) chat.markRead();
  };
  effect(look);
  document.addEventListener('visibilitychange', look);
}
