import type { Content } from '#libs/model';

/** What a message is made of, whether it was given as text or as parts. */
export function contentsOf(body: { text?: string | undefined; parts?: Content[] | undefined }): Content[] {
  return body.parts ?? [{ type: 'text', text: body.text ?? '' }];
}
