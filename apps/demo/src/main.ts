import type { Content } from '#libs/model';
import { Conversation } from './conversation.js';
import { byId } from './dom.js';
import { PageScreen } from './screen.js';

const channelId = document.querySelector<HTMLMetaElement>('meta[name="parley-channel"]')?.content ?? '';
const composer = byId<HTMLFormElement>('composer');
const text = byId<HTMLTextAreaElement>('text');
const send = composer.querySelector('button');

const say = (parts: Content[]): void => {
  conversation.say(parts);
  text.focus({ preventScroll: true });
};
const screen = new PageScreen(say);
const conversation = new Conversation(channelId, screen);

/** The field grows with what is written, up to a few lines. */
function fit(): void {
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight, 160)}px`;
  if (send) send.disabled = text.value.trim() === '';
}

composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const said = text.value.trim();
  if (said === '') return;
  text.value = '';
  fit();
  say([{ type: 'text', text: said }]);
});
text.addEventListener('input', () => {
  fit();
  conversation.typing();
});
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
// Escape leads back to the field from anywhere in the chat, and out of it.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  if (document.activeElement === text) text.blur();
  else text.focus();
});

fit();
// On a phone the keyboard would cover the greeting.
if (matchMedia('(hover: hover)').matches) text.focus({ preventScroll: true });
if (channelId === '') byId('state').textContent = 'There is no demo channel here';
else void conversation.run();
