import type { JSX } from 'preact';
import { parseMarkdown, type MarkdownBlock, type MarkdownInline } from '#libs/model';
import { Link } from './link.js';

const TAG_OF_MARK = { bold: 'strong', italic: 'em', strike: 's' } as const;

/** A text in the Markdown subset. Nothing that anybody wrote is ever read as HTML. */
export function Markdown({ text }: { text: string }): JSX.Element {
  return <>{parseMarkdown(text).children.map(block)}</>;
}

function block(each: MarkdownBlock): JSX.Element {
  switch (each.type) {
    case 'paragraph':
      return <p>{each.children.map(inline)}</p>;
    case 'heading':
      return <p class="heading">{each.children.map(inline)}</p>;
    case 'code-block':
      return (
        <pre tabIndex={0}>
          <code>{each.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote>{each.children.map(block)}</blockquote>;
    case 'list': {
      const items = each.items.map(({ children }) => <li>{children.map(block)}</li>);
      return each.ordered ? <ol start={each.start}>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function inline(each: MarkdownInline): JSX.Element | string {
  switch (each.type) {
    case 'text':
      return each.text;
    case 'break':
      return <br />;
    case 'code':
      return <code>{each.text}</code>;
    case 'link':
      return <Link url={each.url}>{each.children.map(inline)}</Link>;
    case 'bold':
    case 'italic':
    case 'strike': {
      const Mark = TAG_OF_MARK[each.type];
      return <Mark>{each.children.map(inline)}</Mark>;
    }
  }
}
