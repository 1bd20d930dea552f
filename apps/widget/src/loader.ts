import type { AppModule, Take } from './stage.js';

/** Name of the app's file, put in by the build. */
declare const APP_FILE: string;

/** The app must be there by then, or the visitor is told. */
const PATIENCE_MS = 5_000;
const DOWN: Record<string, string> = {
  de: 'Der Chat ist offline.',
  es: 'El chat está sin conexión.',
  fr: 'Le chat est hors ligne.',
  ar: 'المحادثة غير متصلة.',
};
const STYLE = `:host{all:initial;position:fixed;z-index:2147483000;bottom:20px;inset-inline-end:20px;font:14px system-ui}:host([data-position=start]){inset-inline:20px auto}:host([hidden]){display:none}button{width:56px;height:56px;border:0;border-radius:50%;padding:15px;background:var(--parley-accent,var(--a,#1a7f64));color:var(--parley-on-accent,#fff);cursor:pointer;box-shadow:0 6px 24px #0003}p{position:absolute;bottom:56px;inset-inline-end:0;background:#222;color:#fff;width:9em}path{fill:none;stroke:currentColor;stroke-width:1.5}`;
const BUBBLE = 'M8 9h8M8 13h5M4 5h16v12h-8l-5 4v-4H4Z';

type Parley = ((...call: unknown[]) => unknown) & { q?: ArrayLike<unknown>[]; on?: boolean };

const page = window as Window & { parley?: Parley };
const script = document.currentScript as HTMLScriptElement;
const { dataset: data } = script;
const host = document.createElement('parley-widget');
const queue: unknown[][] = [];
let take: Take | undefined;
let isLoading = false;
let isWanted = false;
let tries = 0;
let notice: HTMLElement | undefined;

/** Says something beside the button; the page is never covered. */
function say(words?: string): void {
  notice?.remove();
  if (!words) return;
  notice = document.createElement('p');
  notice.role = 'status';
  notice.textContent = words;
  host.shadowRoot!.append(notice);
}

async function load(): Promise<void> {
  if (take || isLoading || !host.isConnected) return;
  isLoading = true;
  const language = document.documentElement.lang || navigator.language;
  const down = (): void => say(DOWN[language.slice(0, 2)] ?? 'The chat is offline.');
  const timer = setTimeout(down, PATIENCE_MS);
  // A module that failed stays failed under its address.
  const again = tries++ ? `?${tries}` : '';
  try {
    const app = (await import(
      /* @vite-ignore */ new URL(`widget/${APP_FILE}${again}`, script.src).href
    )) as AppModule;
    say();
    take = app.start({ host, root: host.shadowRoot!, base: new URL('.', script.src).href, data, queue });
  } catch {
    down();
  }
  clearTimeout(timer);
  isLoading = false;
}

const parley: Parley = (...call) => {
  const [name, what, then] = call;
  if (name === 'on') {
    const heard = (event: Event): void => (then as (detail: unknown) => void)((event as CustomEvent).detail);
    host.addEventListener(`parley:${what as string}`, heard);
    return () => host.removeEventListener(`parley:${what as string}`, heard);
  }
  if (name === 'consent') return show();
  if (take) take(call);
  else {
    queue.push(call);
    // Nobody is there yet to whom it would make a difference.
    if (name !== 'set') {
      isWanted = true;
      void load();
    }
  }
};
parley.on = true;

/** Draws the button; the rest is loaded when somebody wants it, or has something to come back to. */
function show(): void {
  if (host.isConnected) return;
  const { mode } = data;
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  host.dataset['position'] = data['position'] ?? '';
  if (data['accent']) host.style.setProperty('--a', data['accent']);
  const place = mode === 'inline' && document.querySelector(data['target'] ?? 'body');
  (place || document.body).append(host);
  if (mode === 'inline' || mode === 'page') return void load();
  if (data['propose']) setTimeout(load, 5e3);
  const button = document.createElement('button');
  button.ariaLabel = 'Chat';
  button.className = 'launcher';
  const [svg, path] = ['svg', 'path'].map((name) =>
    document.createElementNS('http://www.w3.org/2000/svg', name),
  );
  svg!.setAttribute('viewBox', '2 2 20 20');
  path!.setAttribute('d', BUBBLE);
  svg!.append(path!);
  button.append(svg!);
  button.addEventListener('click', () => parley('open'));
  button.addEventListener('pointerenter', () => void load());
  root.append(button);
  try {
    if (isWanted || localStorage.getItem(`parley.${data['channel']}`)?.includes('"token":"')) void load();
  } catch {
    // A browser that keeps nothing: nobody comes back.
  }
}

if (!page.parley?.on) {
  const waiting = page.parley?.q ?? [];
  page.parley = parley;
  const begin = (): void => {
    if (data['consent'] !== 'required') show();
    for (const call of waiting) parley(...Array.from(call));
  };
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
}
