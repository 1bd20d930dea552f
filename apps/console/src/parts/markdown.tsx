import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { parseMarkdown, type MarkdownBlock, type MarkdownInline } from '#libs/model';

const tags = { bold: 'strong', italic: 'em', strike: 's' } as const;

/** A text in the Markdown subset. Nothing that anybody wrote is ever read as HTML. */
export function Markdown({ text }: { text: string }) {
  return <>{parseMarkdown(text).children.map(block)}</>;
}

function block(each: MarkdownBlock, at: number): ReactNode {
  switch (each.type) {
    case 'paragraph':
      return <p key={at}>{each.children.map(inline)}</p>;
    case 'heading':
      return (
        <p key={at}>
          <strong>{each.children.map(inline)}</strong>
        </p>
      );
    case 'code-block':
      return (
        <pre key={at} tabIndex={0}>
          <code>{each.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote key={at}>{each.children.map(block)}</blockquote>;
    case 'list': {
      const items = each.items.map(({ children }, n) => <li key={n}>{children.map(block)}</li>);
      return each.ordered ? (
        <ol key={at} start={each.start}>
          {items}
        </ol>
      ) : (
        <ul key={at}>{items}</ul>
      );
    }
  }
}

function inline(each: MarkdownInline, at: number): ReactNode {
  switch (each.type) {
    case 'text':
      return each.text;
    case 'break':
      return <br key={at} />;
    case 'code':
      return <code key={at}>{each.text}</code>;
    case 'link':
      return (
        <Anchor key={at} href={each.url} target="_blank" underline="always" rel="noreferrer noopener" inherit>
          {each.children.map(inline)}
        </Anchor>
      );
    case 'bold':
    case 'italic':
    case 'strike': {
      const Mark = tags[each.type];
      return <Mark key={at}>{each.children.map(inline)}</Mark>;
    }
  }
}
