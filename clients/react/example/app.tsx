import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ParleyChat, useParley, type ParleyIdentity } from '../src/index.js';

/** A shop with a chat: `?base=…&channel=…&mode=…`, and `&id=…&hash=…` for who can log in. */
function Shop() {
  const query = new URLSearchParams(location.search);
  const parley = useParley();
  const [isShown, setShown] = useState(true);
  const [identity, setIdentity] = useState<ParleyIdentity>();
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  const [unread, setUnread] = useState(0);
  const [heard, setHeard] = useState('');
  const [id, hash] = [query.get('id'), query.get('hash')];
  const mode = query.get('mode') === 'inline' ? 'inline' : 'popup';
  return (
    <main>
      <h1>Shop</h1>
      <button onClick={() => parley('open')}>Ask us</button>
      <button onClick={() => setShown(!isShown)}>{isShown ? 'Leave the page' : 'Come back'}</button>
      <button onClick={() => setTheme('dark')}>Dark</button>
      {id !== null && hash !== null ? (
        <button onClick={() => setIdentity(identity ? undefined : { id, hash })}>
          {identity ? 'Log out' : 'Log in'}
        </button>
      ) : null}
      <p id="unread">{unread}</p>
      <p id="heard">{heard}</p>
      {isShown ? (
        <ParleyChat
          base={query.get('base') ?? location.origin}
          channel={query.get('channel') ?? ''}
          mode={mode}
          theme={theme}
          identity={identity}
          onUnread={({ count }) => setUnread(count)}
          onMessage={({ message }) => setHeard(message.parts[0]?.text ?? message.parts[0]?.type ?? '')}
        />
      ) : null}
    </main>
  );
}

createRoot(document.querySelector('#app')!).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
