import { readIdentity } from './identity.js';
import type { Outside } from './outside.js';
import type { Said } from './server.js';
import type { Take } from './stage.js';
import type { Ui } from './ui.js';

/** Values as texts; nothing takes one away. */
const said = (attributes: unknown): Said =>
  Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, value]) => [name, value == null ? null : String(value)]),
  );

/** The calls of `parley('…')` that the app answers; `on` is the loader's. What nobody knows is left alone. */
export function calls(ui: Ui, host: HTMLElement, outside: Outside): Take {
  const { chat } = ui;
  const reset = (): void => {
    ui.close();
    chat.reset();
  };
  const known: Record<string, (...args: unknown[]) => void> = {
    open: () => ui.open(),
    close: () => ui.close(),
    toggle: () => (ui.isOpen.value ? ui.close() : ui.open()),
    show: () => void (host.hidden = false),
    hide: () => void (host.hidden = true),
    reset,
    logout: reset,
    send: (text) => {
      if (typeof text === 'string' && text.trim() !== '') chat.say([{ type: 'text', text: text.trim() }]);
    },
    propose: (text) => {
      if (typeof text === 'string') ui.propose(text);
    },
    identify: (who) => {
      const { token, email } = (who ?? {}) as { token?: unknown; email?: unknown };
      const vouched = readIdentity(who);
      if (typeof token === 'string' && token.startsWith('sess_')) chat.resume(token);
      else if (vouched) chat.identify(vouched);
      else if (token || typeof email !== 'string')
        outside.tell('error', { reason: `parley('identify') wants { token } or { id, hash }` });
      // An address proves nothing: it is passed on as what it is, something that was said.
      if (typeof email === 'string') chat.describe({ email });
    },
    set: (name, value) => {
      if (name === 'locale') void ui.setLocale(String(value));
      if (name === 'theme') ui.setTheme(String(value));
      if (name === 'attributes') chat.describe(said(value));
    },
  };
  return ([name, ...args]) => {
    const act = typeof name === 'string' && Object.hasOwn(known, name) ? known[name] : undefined;
    if (act) act(...args);
    else outside.tell('error', { reason: `parley('${String(name)}') is unknown` });
  };
}
