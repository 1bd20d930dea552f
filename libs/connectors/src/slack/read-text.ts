const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;
const REFERENCE = /<([^<>\n]*)>/g;

/**
 * A text that a person wrote in Slack, in the Markdown subset.
 *
 * Bold, strike and links are rewritten; names, channels and dates become what the person saw, as far as Slack tells; mentions of
 * our own bot at the beginning are left out, because they only said whom the text was for.
 *
 * @param botUserIds  our own bot, as this workspace knows it
 * @returns may be empty
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function readText(text: string, botUserIds: readonly string[] = []): string {
  return withoutAddress(text, botUserIds)
    .split(CODE)
    .map((piece, index) => (index % 2 === 1 ? unescapeText(readReferences(piece, true)) : readPlain(piece)))
    .join('')
    .trim();
}

/** Whether a text names one of these users. */
export function mentions(text: string, userIds: readonly string[]): boolean {
  return userIds.some((id) => text.includes(`<@${id}>`) || text.includes(`<@${id}|`));
}

function withoutAddress(text: string, userIds: readonly string[]): string {
  const address = /^\s*<@([A-Z0-9]+)(\|[^<>]*)?>[\s,:]*/;
  let rest = text;
  for (let found = address.exec(rest); found && userIds.includes(found[1]!); found = address.exec(rest)) {
    rest = rest.slice(found[0].length);
  }
  return rest;
}

function readPlain(piece: string): string {
  const marked = piece
    .replace(/(^|[\s(])\*(?=\S)([^*\n]*[^*\s])\*(?=$|[\s).,;:!?])/gm, '$1**$2**')
    .replace(/(^|[\s(])~(?=\S)([^~\n]*[^~\s])~(?=$|[\s).,;:!?])/gm, '$1~~$2~~');
  return unescapeText(readReferences(marked, false));
}

function readReferences(piece: string, isCode: boolean): string {
  return piece.replace(REFERENCE, (_, inner: string) => {
    const bar = inner.indexOf('|');
    const [target, label] = bar < 0 ? [inner, ''] : [inner.slice(0, bar), inner.slice(bar + 1)];
    return readReference(target, label, isCode);
  });
}

function readReference(target: string, label: string, isCode: boolean): string {
  switch (target.charAt(0)) {
    case '@':
      return `@${label.replace(/^@/, '') || target.slice(1)}`;
    case '#':
      return `#${label.replace(/^#/, '') || target.slice(1)}`;
    case '!':
      return label || `@${target.slice(1).split('^')[0]}`;
    default: {
      const shown = target.replace(/^(mailto|tel):/, '');
      return isCode || label === '' || label === shown || label === target
        ? label || shown
        : `[${label}](${target})`;
    }
  }
}

const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
