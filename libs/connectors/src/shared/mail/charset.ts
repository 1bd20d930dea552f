/** Names that mail programs use and the WHATWG's table has not. */
const ALIASES: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  utf7: 'utf-8',
  'unicode-1-1-utf-7': 'utf-8',
  cp1252: 'windows-1252',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  ks_c_5601: 'euc-kr',
  'cp-850': 'windows-1252',
  cp850: 'windows-1252',
  'ansi_x3.4-1968': 'us-ascii',
  'iso8859-1': 'windows-1252',
  'latin-1': 'windows-1252',
  ms936: 'gbk',
  gb2312_charset: 'gbk',
  'hz-gb-2312': 'gbk',
  cp866: 'ibm866',
  koi8: 'koi8-r',
  'iso-8859-8-i': 'iso-8859-8',
};
/** Labels that say nothing: many programs put them on anything. */
const SAYS_NOTHING = new Set([
  '',
  'us-ascii',
  'ascii',
  'unknown-8bit',
  'unknown',
  'x-unknown',
  'default',
  'default_charset',
  '8bit',
  'binary',
  'none',
  'ansi_x3.4-1968',
]);
/** Bytes that are looked at to guess. */
const SAMPLE = 65_536;

/**
 * Bytes as text. A label is followed where it can be true; where it says nothing or its text would have holes, the bytes
 * speak for themselves. Never throws; what cannot be read becomes U+FFFD.
 *
 * @param label  what the mail says, in any spelling; null for nothing
 */
export function decodeCharset(bytes: Uint8Array, label: string | null): string {
  const name = normalLabel(label);
  if (isPlain(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const told = SAYS_NOTHING.has(name) ? null : decodeAs(bytes, name, true);
  if (told !== null) return told;
  if (isIso2022(bytes)) return decodeAs(bytes, 'iso-2022-jp', false) ?? '';
  const utf8 = decodeAs(bytes, 'utf-8', true);
  if (utf8 !== null) return utf8;
  const known = SAYS_NOTHING.has(name) || name === 'utf-8' ? null : decodeAs(bytes, name, false);
  return known ?? decodeAs(bytes, guess(bytes), false) ?? Buffer.from(bytes).toString('latin1');
}

function normalLabel(label: string | null): string {
  const name = (label ?? '')
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/g, '')
    .replace(/^(?:x-|cs)(?=[a-z]*\d)/, '');
  const known = ALIASES[name] ?? name;
  return known === 'utf8' ? 'utf-8' : known;
}

/** No byte above 127 and no escape: the same in every charset that mail has. */
function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 127 || byte === 0x1b) return false;
  return true;
}

/** Escapes to Japanese: `ESC $ B`, `ESC $ @`. */
function isIso2022(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(0x1b);
  return at >= 0 && bytes[at + 1] === 0x24;
}

/** @returns null when there is no such charset, or, when fatal, the bytes are not in it */
function decodeAs(bytes: Uint8Array, name: string, fatal: boolean): string | null {
  try {
    return new TextDecoder(name, { fatal }).decode(bytes);
  } catch {
    return null;
  }
}

/** A charset that the bytes look like, none being declared and UTF-8 being ruled out. */
function guess(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, SAMPLE);
  const cyrillic = guessCyrillic(sample);
  if (cyrillic) return cyrillic;
  const scores = ['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'].map((name) => ({
    name,
    score: cjkScore(sample, name),
  }));
  const best = scores.toSorted((a, b) => b.score - a.score)[0]!;
  return best.score > 0.6 ? best.name : 'windows-1252';
}

/** Cyrillic in one byte: most letters are high, and most of them lower case in the right charset. */
function guessCyrillic(sample: Uint8Array): string | null {
  const high = sample.filter((byte) => byte > 127).length;
  const latin = sample.filter((byte) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a).length;
  if (high < 8 || high < latin) return null;
  const scores = ['windows-1251', 'koi8-r'].map((name) => {
    const text = decodeAs(sample, name, false) ?? '';
    return { name, share: count(text, /[а-яё]/g) / Math.max(1, high) };
  });
  const best = scores.toSorted((a, b) => b.share - a.share)[0]!;
  return best.share > 0.8 ? best.name : null;
}

/** How much of the high text is what people write in that charset's language. */
function cjkScore(sample: Uint8Array, name: string): number {
  // The last character may be cut by the sample's end.
  const text = decodeAs(sample, name, false) ?? '';
  const all = count(text, /[\u0080-\uffff]/g);
  if (all === 0 || count(text, /\ufffd/g) > 1) return 0;
  if (name === 'shift_jis' || name === 'euc-jp') {
    const kana = count(text, /[\u3040-\u30ff]/g);
    return kana / all > 0.2 ? count(text, /[\u3000-\u30ff\u4e00-\u9fff\uff00-\uff5e]/g) / all : 0;
  }
  if (name === 'euc-kr') return count(text, /[\uac00-\ud7a3]/g) / all;
  return (
    (count(
      text,
      /[的是不了在有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于著下自之年过過发發后後作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实，。！？：]/g,
    ) /
      all) *
    4
  );
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
