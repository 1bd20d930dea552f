import { computed, effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Chat } from './chat.js';
import { contrastOf, inkOn } from './colours.js';
import type { Settings } from './settings.js';
import { en } from './texts/en.js';
import { directionOf, type Language, languageFor, textsOf } from './texts/language.js';
import type { Uploads } from './uploads.js';

const DEFAULT_ACCENT = '#1a7f64';
/** What does not come within this time is said to be missing. */
const PATIENCE_MS = 4_000;

/** Everything that the views show and do. */
export class Ui {
  readonly isOpen = signal(false);
  /** What stands in the window: the conversation, all of them, or where the current one is to be sent. */
  readonly shown = signal<'talk' | 'list' | 'transcript'>('talk');
  readonly texts = signal(en);
  readonly language = signal<Language>('en');
  /** Comes with the window. */
  uploads!: Uploads;
  /** Counts how often the composer was asked to take the focus. */
  readonly focusAsked = signal(0);
  readonly title = computed(() => this.chat.look.value?.title ?? this.texts.value.messages);
  readonly assistant = computed(() => this.chat.look.value?.assistant?.name ?? this.texts.value.assistant);
  /** What is said beside the button; empty says nothing. */
  readonly proposal = signal('');
  /** The window, once it is loaded. */
  readonly panel = signal<((props: { ui: Ui }) => JSX.Element) | 'missing' | null>(null);
  /** Whether the chat covers the whole window, as on a phone. */
  readonly isWhole = signal(false);

  constructor(
    readonly chat: Chat,
    readonly settings: Settings,
    readonly host: HTMLElement,
    private readonly tell: (name: string) => void,
  ) {
    const narrow = matchMedia('(max-width: 30rem)');
    const watch = (): boolean =>
      (this.isWhole.value = settings.mode === 'page' || (settings.mode === 'popup' && narrow.matches));
    narrow.addEventListener('change', watch);
    watch();
    host.dataset['mode'] = settings.mode;
    host.dataset['position'] = settings.position;
    this.setTheme(settings.theme);
    void this.setLocale(settings.locale);
    effect(() => this.#colour(settings.accent ?? (chat.look.value?.accent_color || DEFAULT_ACCENT)));
  }

  /** Says something beside the button: once in this browser, and to nobody who speaks already. */
  propose(text: string): void {
    const { kept } = this.chat;
    if (this.isOpen.value || this.settings.mode !== 'popup' || kept.visitor.isProposed) return;
    if (this.chat.hasPast) return;
    kept.visitor = { isProposed: true };
    this.proposal.value = text;
    this.tell('proposed');
  }

  /** Shows the conversation. */
  open(): void {
    this.proposal.value = '';
    if (!this.isOpen.value) this.tell('opened');
    this.isOpen.value = true;
    this.chat.kept.isOpen = true;
    this.chat.connect();
    void this.load();
    this.focus();
  }

  /** Shows the window that was open on the page before; the focus stays where it is. A phone's page is not covered again. */
  reopen(): void {
    if (this.settings.mode !== 'popup' || this.isWhole.value || !this.chat.kept.isOpen) return;
    this.isOpen.value = true;
    this.chat.connect();
    void this.load();
  }

  /** Loads the window, once. */
  async load(): Promise<void> {
    if (typeof this.panel.value === 'function') return;
    const patience = setTimeout(() => (this.panel.value ??= 'missing'), PATIENCE_MS);
    try {
      const { Panel, Uploads, css } = await import('./view/panel.js');
      this.uploads ??= new Uploads(this.chat);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      this.host.shadowRoot?.adoptedStyleSheets.push(sheet);
      this.panel.value = Panel;
    } catch {
      this.panel.value = 'missing';
    } finally {
      clearTimeout(patience);
    }
  }

  /** Leaves only the button, and the focus on it. Does nothing where the chat is part of the page. */
  close(): void {
    if (this.settings.mode !== 'popup' || !this.isOpen.value) return;
    this.isOpen.value = false;
    this.chat.kept.isOpen = false;
    this.tell('closed');
    requestAnimationFrame(() => this.host.shadowRoot?.querySelector<HTMLElement>('.launcher')?.focus());
  }

  /** Brings the focus into the composer. */
  focus(): void {
    this.focusAsked.value++;
  }

  /** Shows a conversation; without an id, a new one. */
  goTo(id?: string): void {
    this.chat.goTo(id);
    this.shown.value = 'talk';
    this.focus();
  }

  /** `auto` follows the browser. */
  setTheme(theme: string): void {
    this.host.dataset['theme'] = theme;
  }

  /** `auto` follows the page, then the browser. */
  async setLocale(locale: string): Promise<void> {
    const wishes = locale === 'auto' ? [document.documentElement.lang, ...navigator.languages] : [locale];
    const language = languageFor(wishes);
    const texts = await textsOf(language);
    this.language.value = language;
    this.texts.value = texts;
    this.host.dir = directionOf(language);
    this.host.lang = language;
  }

  /** The accent, and what can be read on it and beside it; a page may override each by its own style. */
  #colour(accent: string): void {
    const { style } = this.host;
    style.setProperty('--accent-of-channel', accent);
    style.setProperty('--ink-of-channel', inkOn(accent));
    // A colour that is too pale for words on white, or too dark for words on black, lends only its hue.
    style.setProperty('--accent-share', contrastOf(accent, '#ffffff') < 4.5 ? '45%' : '100%');
    style.setProperty('--accent-share-dark', contrastOf(accent, '#1a2025') < 4.5 ? '50%' : '100%');
  }
}
