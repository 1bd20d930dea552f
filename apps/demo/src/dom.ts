type Attributes = Record<string, string | boolean | (() => void) | undefined>;
type Child = Node | string | null;

/**
 * Makes an element. Texts become text nodes: nothing that anybody wrote is ever read as HTML.
 *
 * @param attributes  `onclick` takes a function; false and undefined leave an attribute out
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The element of the page with this id. */
export function byId<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** A link that leaves the page and takes nothing with it. */
export function link(url: string, ...children: Child[]): HTMLAnchorElement {
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}
