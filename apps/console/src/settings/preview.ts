/** Whose names stand in a preview. */
export interface Example {
  contact: string;
  operator: string;
}

/**
 * How a kept answer reads for somebody: names are filled in, what this page cannot know stays as it is written. The server
 * fills in the whole template (Liquid) when an operator takes the answer.
 */
export function previewOf(text: string, { contact, operator }: Example): string {
  const known: Record<string, string> = {
    'contact.name': contact,
    'operator.name': operator,
    'conversation.id': 'conv_…',
  };
  return text.replace(/\{\{-?\s*([\w.]+)\s*-?\}\}/g, (whole, name: string) => known[name] ?? whole);
}
