import { parseMarkdown, type MarkdownBlock, type MarkdownInline } from '#libs/model';

/** Text as HTML that shows exactly it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Text in the Markdown subset as HTML for mail programs: few elements, and styles only where programs differ. */
export function markdownToHtml(markdown: string): string {
  return blocks(parseMarkdown(markdown).children);
}

/** Text in the Markdown subset as people write mails: signs stay where they help, links show their address. */
export function markdownToText(markdown: string): string {
  return parseMarkdown(markdown)
    .children.map((block) => blockText(block))
    .join('\n\n');
}

const blocks = (all: readonly MarkdownBlock[]): string => all.map(blockHtml).join('\n');

function blockHtml(block: MarkdownBlock): string {
  switch (block.type) {
    case 'paragraph':
      return `<p>${inlines(block.children)}</p>`;
    case 'heading':
      return `<p><b>${inlines(block.children)}</b></p>`;
    case 'code-block':
      return `<pre style="white-space:pre-wrap">${escapeHtml(block.text)}</pre>`;
    case 'quote':
      return `<blockquote style="margin:0 0 0 8px;padding-left:8px;border-left:2px solid #ccc">${blocks(block.children)}</blockquote>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      const start = block.ordered && block.start !== 1 ? ` start="${block.start}"` : '';
      return `<${tag}${start}>${block.items.map(({ children }) => `<li>${itemHtml(children)}</li>`).join('')}</${tag}>`;
    }
  }
}

function itemHtml(children: readonly MarkdownBlock[]): string {
  const [first, ...rest] = children;
  if (first?.type !== 'paragraph') return blocks(children);
  return inlines(first.children) + (rest.length > 0 ? blocks(rest) : '');
}

const inlines = (all: readonly MarkdownInline[]): string => all.map(inlineHtml).join('');

function inlineHtml(inline: MarkdownInline): string {
  switch (inline.type) {
    case 'text':
      return escapeHtml(inline.text);
    case 'break':
      return '<br>';
    case 'code':
      return `<code>${escapeHtml(inline.text)}</code>`;
    case 'bold':
      return `<b>${inlines(inline.children)}</b>`;
    case 'italic':
      return `<i>${inlines(inline.children)}</i>`;
    case 'strike':
      return `<s>${inlines(inline.children)}</s>`;
    case 'link':
      return `<a href="${escapeHtml(inline.url)}">${inlines(inline.children)}</a>`;
  }
}

function blockText(block: MarkdownBlock): string {
  switch (block.type) {
    case 'paragraph':
      return inlineTexts(block.children);
    case 'heading':
      return inlineTexts(block.children);
    case 'code-block':
      return block.text;
    case 'quote':
      return prefixed(block.children.map(blockText).join('\n\n'), '> ', '> ');
    case 'list':
      return block.items
        .map(({ children }, at) => {
          const sign = block.ordered ? `${block.start + at}. ` : '- ';
          return prefixed(children.map(blockText).join('\n'), sign, ' '.repeat(sign.length));
        })
        .join('\n');
  }
}

const inlineTexts = (all: readonly MarkdownInline[]): string => all.map(inlineText).join('');

function inlineText(inline: MarkdownInline): string {
  switch (inline.type) {
    case 'text':
    case 'code':
      return inline.text;
    case 'break':
      return '\n';
    case 'bold':
    case 'italic':
    case 'strike':
      return inlineTexts(inline.children);
    case 'link': {
      const words = inlineTexts(inline.children);
      const shown = inline.url.replace(/^(?:mailto|tel):/, '');
      return words === shown || words === inline.url ? words : `${words} <${shown}>`;
    }
  }
}

function prefixed(text: string, first: string, rest: string): string {
  return first + text.replaceAll('\n', `\n${rest}`);
}
