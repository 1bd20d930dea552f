/** Letters of scripts that belong to one language only. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\u3040-\u30ff]/, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Han}/u, 'zh'],
];

type Detector = (typeof import('eld/small'))['eld'];
let loading: Promise<Detector> | undefined;

/**
 * The language of a text as ISO 639-1; null where the text is too short to tell.
 *
 * Loads its tables at the first call, which takes about half a second; a call afterwards takes well below a
 * millisecond. At most 1,000 characters are looked at.
 */
export async function detectLanguage(text: string): Promise<string | null> {
  const read = text.slice(0, 1_000);
  const byScript = scripts.find(([letters]) => letters.test(read));
  if (byScript) return byScript[1];
  if ((read.match(/\p{L}/gu)?.length ?? 0) < 6) return null;
  const detector = await load();
  const found = detector.detect(read);
  return found.language !== '' && found.isReliable() ? found.language : null;
}

async function load(): Promise<Detector> {
  loading ??= import('eld/small').then(({ eld }) => eld);
  return loading;
}
