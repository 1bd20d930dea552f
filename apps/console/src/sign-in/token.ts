/** The token after the `#` of a link, which no server sees; taken out of the address bar and the history. */
export function tokenInHash(): string {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
  if (token !== '') window.history.replaceState(window.history.state, '', window.location.pathname);
  return token;
}
