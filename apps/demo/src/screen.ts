import type { Content, WidgetMessage } from '#libs/model';
import { contentNodes, type Say } from './content.js';
import type { Connection, Screen } from './conversation.js';
import { byId, el } from './dom.js';
import type { Unsent } from './kept.js';

const CONNECTION_WORDS: Record<Connection, string> = {
  connecting: 'Connecting …',
  online: 'Answers right away',
  offline: 'Offline: what you write is kept and sent later',
};
const FAILED = new Set(['failed', 'expired', 'unknown']);
/** Nearer to the end than this, the page follows new messages. */
const NEAR_PX = 120;
/** Typing that nobody ends. */
const TYPING_MS = 20_000;

/** Shows a conversation in the page. */
export class PageScreen implements Screen {
  readonly #log = byId<HTMLOListElement>('log');
  readonly #scroll = byId('scroll');
  readonly #typing = byId('typing');
  readonly #newer = byId('newer');
  readonly #items = new Map<string, HTMLLIElement>();
  #typingTimer = 0;

  constructor(private readonly say: Say) {
    this.#newer.addEventListener('click', () => this.#toEnd());
    this.#scroll.addEventListener('scroll', () => {
      if (this.#isNearEnd()) this.#newer.hidden = true;
    });
    new ResizeObserver(() => this.#toEnd()).observe(this.#scroll);
  }

  connection(state: Connection): void {
    byId('state').textContent = CONNECTION_WORDS[state];
    document.body.dataset['connection'] = state;
  }

  message(message: WidgetMessage): void {
    const isOurs = message.direction === 'in';
    const item = this.#itemOf(message.id, message.client_id);
    const { parts, deleted_at } = message;
    const said: Content[] = deleted_at === null ? parts : [{ type: 'text', text: '_deleted_' }];
    this.#fill(item, said, message.id, isOurs);
    const note = FAILED.has(message.status) ? 'Not delivered' : message.edited_at === null ? '' : 'edited';
    this.#note(item, note);
    item.dataset['seq'] = String(message.seq);
    item.title = new Date(message.sent_at ?? message.recorded_at).toLocaleString();
    if (!isOurs) this.typing(false);
    this.#sort(item, message.seq);
  }

  unsent({ clientId, parts }: Unsent): void {
    if (this.#items.has(clientId)) return;
    const item = this.#itemOf(null, clientId);
    this.#fill(item, parts, '', true);
    item.classList.add('waiting');
    this.#log.append(item);
    this.#passChoices();
    this.#toEnd();
  }

  refused({ clientId }: Unsent, reason: string): void {
    const item = this.#itemOf(null, clientId);
    item.classList.add('refused');
    this.#note(item, `Not sent: ${reason}`);
  }

  typing(isTyping: boolean): void {
    clearTimeout(this.#typingTimer);
    this.#typing.hidden = !isTyping;
    if (!isTyping) return;
    this.#typingTimer = setTimeout(() => this.typing(false), TYPING_MS);
    if (this.#isNearEnd()) this.#toEnd();
  }

  clear(): void {
    this.#items.clear();
    this.#log.replaceChildren();
  }

  /** The item of a message; one that was shown as unsent becomes it. */
  #itemOf(id: string | null, clientId: string | null): HTMLLIElement {
    const known = (id && this.#items.get(id)) ?? (clientId && this.#items.get(clientId));
    const item = known instanceof HTMLLIElement ? known : el('li');
    if (id !== null) this.#items.set(id, item);
    if (clientId !== null) this.#items.set(clientId, item);
    return item;
  }

  #fill(item: HTMLLIElement, parts: Content[], messageId: string, isOurs: boolean): void {
    item.className = isOurs ? 'ours' : 'theirs';
    const who = el('span', { class: 'unseen' }, isOurs ? 'You: ' : 'Assistant: ');
    const nodes: Node[] = [who];
    for (const part of parts) {
      const { inside, below, isPassing } = contentNodes(part, messageId, this.say);
      if (inside.length > 0) nodes.push(el('div', { class: 'bubble' }, ...inside));
      if (below.length > 0) nodes.push(el('div', { class: isPassing ? 'below passing' : 'below' }, ...below));
    }
    item.replaceChildren(...nodes);
  }

  #note(item: HTMLLIElement, text: string): void {
    item.querySelector('.note')?.remove();
    if (text !== '') item.append(el('p', { class: 'note' }, text));
  }

  /** Puts an item where its sequence number says; what is unsent stays at the end. */
  #sort(item: HTMLLIElement, seq: number): void {
    const follows = this.#isNearEnd();
    const isNew = !item.isConnected;
    const after = [...this.#log.children].find(
      (other) => other !== item && Number((other as HTMLElement).dataset['seq'] ?? Infinity) > seq,
    );
    if (isNew || item.nextElementSibling !== (after ?? null)) this.#log.insertBefore(item, after ?? null);
    this.#passChoices();
    if (follows) this.#toEnd();
    else if (isNew) this.#newer.hidden = false;
  }

  /** Quick replies belong to the newest message; once there is another one they are gone. */
  #passChoices(): void {
    for (const passing of this.#log.querySelectorAll<HTMLElement>('.passing')) {
      passing.hidden = passing.closest('li') !== this.#log.lastElementChild;
    }
  }

  #isNearEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #toEnd(): void {
    this.#newer.hidden = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }
}
