import type { ComponentChildren, JSX } from 'preact';

/** A link that opens beside the page, and tells nobody where it came from. Any other scheme stays plain words. */
export function Link(props: { url: string; class?: string; children: ComponentChildren }): JSX.Element {
  const { url, children } = props;
  const name = props.class ?? '';
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(url)) return <span class={name}>{children}</span>;
  return (
    <a class={name} href={url} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
