import type { AppModule, Take } from './stage.js';

/** Name of the app's file, put in by the build. */
declare const APP_FILE: string;

/** The app must be there by then, or the visitor is told. */
const PATIENCE_MS = 5_000;
const DOWN: Record<string, string> = {
  en: 'The chat is offline.',
  de: 'Der Chat ist offline.',
  es: 'El chat está sin conexión.',
  fr: 'Le chat est hors ligne.',
  ar: 'المحادثة غير متصلة.',
};
const STYLE = `:host{all:initial;position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;font:14px system-ui}:host([data-position=start]){inset-inline:20px auto}:host([hidden]){display:none}button{width:56px;height:56px;border:0;border-radius:50%;padding:14px;background:var(--parley-accent,var(--a,#1a7f64));color:var(--parley-on-accent,#fff);cursor:pointer;box-shadow:0 6px 24px #0003}p{position:absolute;inset-block-end:60px;inset-inline-end:0;padding:8px 14px;border-radius:12px;background:#222;color:#fff;white-space:nowrap}path{fill:none;stroke:currentColor;stroke-width:1.8}`;
const BUBBLE =
  'M7.5 9h9M7.5 12.5h6M5.5 4.5h13a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-7l-4.5 3.5V17H5.5a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2Z';

type Parley = ((...call: unknown[]) => unknown) & { q?: ArrayLike<unknown>[]; isParley?: boolean };

const page = window as Window & { parley?: Parley };
const script = document.currentScript as HTMLScriptElement;
const { dataset: data } = script;
const host = document.createElement('parley-widget');
const queue: unknown[][] = [];
let take: Take | undefined;
let isLoading = false;
let tries = 0;
let notice: HTMLElement | undefined;

/** Says something beside the button; the page is never covered. */
function say(words: string | undefined): void {
  notice?.remove();
  notice = undefined;
  if (words === undefined) return;
  notice = document.createElement('p');
  notice.role = 'status';
  notice.textContent = words;
  host.shadowRoot!.append(notice);
}

function load(): void {
  if (take || isLoading) return;
  isLoading = true;
  const language = document.documentElement.lang || navigator.language;
  const down = (): void => say(DOWN[language.slice(0, 2)] ?? DOWN['en']);
  const timer = setTimeout(down, PATIENCE_MS);
  // A module that failed stays failed under its address.
  const again = tries++ ? `?${tries}` : '';
  import(/* @vite-ignore */ new URL(`widget/${APP_FILE}${again}`, script.src).href)
    .then(({ start }: AppModule) => {
      say(undefined);
      const base = new URL('.', script.src).href;
      take = start({ host, root: host.shadowRoot!, base, data, queue });
    }, down)
    .finally(() => {
      clearTimeout(timer);
      isLoading = false;
    });
}

const parley: Parley = (...call) => {
  const [name, what, then] = call;
  if (name === 'on') {
    const heard = (event: Event): void => (then as (detail: unknown) => void)((event as CustomEvent).detail);
    host.addEventListener(`parley:${String(what)}`, heard);
    return () => host.removeEventListener(`parley:${String(what)}`, heard);
  }
  if (name === 'consent') return show();
  if (take) take(call);
  else {
    queue.push(call);
    load();
  }
};
parley.isParley = true;

/** Draws the button; the rest is loaded when somebody wants it, or has something to come back to. */
function show(): void {
  if (host.isConnected) return;
  const { mode } = data;
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  Object.assign(host.dataset, { mode, position: data['position'] });
  if (data['accent']) host.style.setProperty('--a', data['accent']);
  const target =
    mode === 'inline' && (document.querySelector(data['target'] || ':not(*)') ?? script.parentElement);
  (target && target !== document.head ? target : document.body).append(host);
  if (mode === 'inline' || mode === 'page') return load();
  const button = document.createElement('button');
  button.ariaLabel = 'Chat';
  button.className = 'launcher';
  const [svg, path] = ['svg', 'path'].map((name) =>
    document.createElementNS('http://www.w3.org/2000/svg', name),
  );
  svg!.setAttribute('viewBox', '0 0 24 24');
  path!.setAttribute('d', BUBBLE);
  svg!.append(path!);
  button.append(svg!);
  button.onclick = () => {
    if (!isLoading) parley('open');
  };
  button.onpointerenter = load;
  root.append(button);
  try {
    if (queue.length > 0 || localStorage.getItem(`parley.${data['channel']}`)?.includes('"token":"')) load();
  } catch {
    // A browser that keeps nothing: nobody comes back.
  }
}

if (!page.parley?.isParley) {
  const waiting = page.parley?.q ?? [];
  page.parley = parley;
  const begin = (): void => {
    if (data['consent'] !== 'required') show();
    for (const call of waiting) parley(...Array.from(call));
  };
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
}
