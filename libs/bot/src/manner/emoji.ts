// As text in most fonts, as a picture on telephones: a person sees an emoji.
const pictured = '[☺☹❤♥✌☝✍☎✈]';
// The `v` flag is written as a word because the compiler's target is older than it (ES2024).
const emoji = new RegExp(`\\p{RGI_Emoji}|${pictured}\\uFE0F?`, 'gv');

/** What “few” allows. */
export const fewEmoji = 2;

/**
 * The first emoji beyond what is allowed; families and flags are one, ©, ® and ™ are none.
 *
 * @returns the place in UTF-16 units; null when there are not so many
 */
export function emojiBeyond(text: string, allowed: number): number | null {
  let seen = 0;
  for (const { index } of text.matchAll(emoji)) if (++seen > allowed) return index;
  return null;
}
