import { optionsOf, plainTextOf, type Content } from '#libs/model';

const address = /\bhttps?:\/\/[^\s<>()[\]"']+/giu;
const bare = /(?<![\p{L}\p{N}@./-])(?:www\.)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/giu;

/**
 * The hosts that a piece of content leads to, in lower case: in its text, its options, and where its files are.
 *
 * An address that cannot be read is given as it stands, so that it is on no list.
 */
export function linksIn(content: Content): readonly string[] {
  const text = plainTextOf(content);
  const urls = [
    ...(text.match(address) ?? []),
    ...(text.match(bare) ?? []).map((host) => `https://${host}`),
    ...optionsOf(content).flatMap(({ url }) => url ?? []),
    ...('url' in content ? [content.url] : []),
    ...('image_url' in content && content.image_url ? [content.image_url] : []),
    ...(content.type === 'carousel' ? content.cards.flatMap((card) => card.image_url ?? []) : []),
  ];
  return urls.filter((url) => !url.startsWith('media:')).map(hostOf);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase().replace(/\.$/, '') : url.toLowerCase();
}
