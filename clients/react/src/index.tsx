import { type ReactElement, useEffect, useId, useLayoutEffect, useMemo, useRef } from 'react';
import {
  addScript,
  type Parley,
  type ParleyAttributes,
  type ParleyEvents,
  type ParleyIdentity,
  parleyOf,
} from './parley.js';

export type { Parley, ParleyAttributes, ParleyEvents, ParleyIdentity } from './parley.js';

type Listeners = {
  [Name in keyof ParleyEvents as `on${Capitalize<Name>}`]?: (detail: ParleyEvents[Name]) => void;
};

/** How the chat is; the guide to the widget explains each. Those marked *first* are read when the script is loaded, and not again. */
export interface ParleyChatProps extends Listeners {
  /** Address of your Parley. First. */
  base: string;
  /** `chan_…`, a channel of the connector `web`. First. */
  channel: string;
  /** A button with a window, or a part of the page that stands where the component does. First. */
  mode?: 'popup' | 'inline';
  /** For whom your server vouches; when it goes away, the visitor is logged out and forgotten here. */
  identity?: ParleyIdentity | undefined;
  /** What your page says of the visitor, such as their plan; it is kept as something that was said, never as a proof. */
  attributes?: ParleyAttributes | undefined;
  /** `auto` follows the page, then the browser. */
  locale?: 'auto' | 'en' | 'de' | 'es' | 'fr' | 'ar';
  theme?: 'auto' | 'light' | 'dark';
  /** The lower corner of the button, in reading direction. First. */
  position?: 'end' | 'start';
  /** `#rrggbb`. First. */
  accent?: string;
  /** Unread messages are counted in the title of the page. First. */
  flash?: boolean;
  /** A new message is heard. First. */
  sound?: boolean;
  /** False tells nothing to analytics. First. */
  analytics?: boolean;
  /** Draws and keeps nothing before `parley('consent')`. First. */
  needsConsent?: boolean;
}

const EVENTS = [
  'opened',
  'closed',
  'message',
  'sent',
  'unread',
  'proposed',
  'handoff',
  'csat',
  'error',
] as const;

/** The chat, for as long as this is mounted. It goes on where it was when it is mounted again. */
export function ParleyChat(props: ParleyChatProps): ReactElement | null {
  const parley = useParley();
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  const isInline = props.mode === 'inline';
  useLayoutEffect(() => {
    const host = hostOf(document);
    if (host && place.current) place.current.append(host);
    setShown(parley, true);
    const target = place.current ? { target: `#${CSS.escape(id)}` } : {};
    addScript(props.base, { ...dataOf(props), ...target });
    return () => {
      setShown(parley, false);
      // What React takes away takes its children along: the conversation moves out before.
      const shown = hostOf(document);
      if (shown && isInline) document.body.append(shown);
    };
  }, []);
  useIdentity(parley, props.identity);
  useAttributes(parley, props.attributes);
  useSetting(parley, 'locale', props.locale);
  useSetting(parley, 'theme', props.theme);
  useListeners(props);
  return isInline ? <div ref={place} id={id} /> : null;
}

const hostOf = (page: Document): HTMLElement | null => page.querySelector('parley-widget');

let hiding: ReturnType<typeof setTimeout> | undefined;
let isHidden = false;

/**
 * Shows the chat or not. While the script is on its way a call would load all of it at once: there is none for a component
 * that comes back in the same moment, as they do in React's strict mode.
 */
function setShown(parley: Parley, isShown: boolean): void {
  clearTimeout(hiding);
  const host = hostOf(document);
  if (host) host.hidden = !isShown;
  else if (!isShown) hiding = setTimeout(() => setHidden(parley, true));
  else if (isHidden) setHidden(parley, false);
}

function setHidden(parley: Parley, value: boolean): void {
  isHidden = value;
  parley(value ? 'hide' : 'show');
}

/** The calls of the chat, for buttons of your own: `parley('open')`. */
export function useParley(): Parley {
  return useMemo(() => (typeof window === 'undefined' ? () => undefined : parleyOf(window)), []);
}

function useIdentity(parley: Parley, identity: ParleyIdentity | undefined): void {
  const before = useRef(false);
  const key = identity && JSON.stringify(identity);
  useEffect(() => {
    if (key !== undefined) parley('identify', JSON.parse(key) as ParleyIdentity);
    else if (before.current) parley('logout');
    before.current = key !== undefined;
  }, [parley, key]);
}

/** Tells what the page says of the visitor; a name that is there no more is taken away. */
function useAttributes(parley: Parley, attributes: ParleyAttributes | undefined): void {
  const before = useRef<ParleyAttributes>({});
  const key = attributes && JSON.stringify(attributes);
  useEffect(() => {
    const now = (key === undefined ? {} : JSON.parse(key)) as ParleyAttributes;
    const gone = Object.keys(before.current).filter((name) => !(name in now));
    if (key !== undefined || gone.length > 0)
      parley('set', 'attributes', { ...Object.fromEntries(gone.map((name) => [name, null])), ...now });
    before.current = now;
  }, [parley, key]);
}

/** Tells of changes; what it is at first stands at the script. */
function useSetting(parley: Parley, name: 'locale' | 'theme', value: string | undefined): void {
  const before = useRef(value);
  useEffect(() => {
    if (before.current !== value) parley('set', name, value ?? 'auto');
    before.current = value;
  }, [parley, name, value]);
}

function useListeners(props: ParleyChatProps): void {
  const latest = useRef(props);
  useEffect(() => void (latest.current = props));
  useEffect(() => {
    const offs = EVENTS.map((name) => {
      const prop = `on${name.charAt(0).toUpperCase()}${name.slice(1)}` as keyof Listeners;
      const hear = (event: Event): void =>
        (latest.current[prop] as ((detail: unknown) => void) | undefined)?.((event as CustomEvent).detail);
      document.addEventListener(`parley:${name}`, hear);
      return () => document.removeEventListener(`parley:${name}`, hear);
    });
    return () => {
      for (const off of offs) off();
    };
  }, []);
}

/** The attributes of the script line. */
function dataOf(props: ParleyChatProps): Record<string, string> {
  const { channel, mode, locale, theme, position, accent, flash, sound, analytics, needsConsent } = props;
  return {
    channel,
    ...(mode && { mode }),
    ...(locale && { locale }),
    ...(theme && { theme }),
    ...(position && { position }),
    ...(accent && { accent }),
    ...(flash === true && { flash: '1' }),
    ...(sound === true && { sound: '1' }),
    ...(analytics === false && { ga: '0' }),
    ...(needsConsent === true && { consent: 'required' }),
  };
}
