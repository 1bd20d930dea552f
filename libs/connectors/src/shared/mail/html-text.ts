import { htmlTokens, type HtmlToken } from './html-tokens.js';

/** HTML as text, with what its markup says of old words and of signatures. */
export interface HtmlText {
  /** Quoted lines have `>` before them; a line of dashes with words stands where a mail program put an old mail. */
  text: string;
  /** What stood in an element that mail programs use for signatures. */
  signature: string;
}

/** Stands in a text for an inline image, with the Content-ID between. */
export const IMAGE_OPEN = '\ue000';
export const IMAGE_CLOSE = '\ue001';

const OLD_MAIL = '-----Original Message-----';
const HIDDEN = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'object',
  'svg',
  'math',
  'select',
  'noframes',
  'xml',
]);
const BLOCKS = new Set(
  'address article aside center dd details dialog dir div dl dt fieldset figcaption figure footer form header hr legend li main menu nav ol section table tbody tfoot thead tr ul body html blockquote'.split(
    ' ',
  ),
);
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre']);
/** Deeper quotations are written as if they were this deep. */
const QUOTES_MAX = 20;

/** Reads HTML as a person would: hidden parts and remote images left out, links with their address. Linear in the length. */
export function htmlToText(html: string): HtmlText {
  const printer = new Printer();
  for (const token of htmlTokens(html)) printer.take(token);
  return printer.result();
}

interface OpenElement {
  name: string;
  does: 'hide' | 'sign' | 'quote' | 'link' | 'keep-lines' | 'end-paragraph' | null;
}

/** Lines that grow at their end; a line is put together once, when it is done. */
class Sheet {
  readonly #lines: string[] = [];
  #pieces: string[] = [];
  #last = '';

  get isAtStart(): boolean {
    return this.#pieces.length === 0;
  }
  get endsWithSpace(): boolean {
    return this.#last === ' ';
  }
  get isAfterBlank(): boolean {
    return this.isAtStart && (this.#lines.at(-1) ?? '') === '';
  }
  /** How many pieces the open line has. */
  get mark(): number {
    return this.#pieces.length;
  }

  write(text: string): void {
    if (text === '') return;
    this.#pieces.push(text);
    this.#last = text.charAt(text.length - 1);
  }
  /** What was written on the open line since there were so many pieces. */
  since(mark: number): string {
    return this.#pieces.slice(mark).join('');
  }
  endLine(): void {
    this.#lines.push(this.#pieces.join('').trimEnd());
    this.#pieces = [];
    this.#last = '';
  }
  text(): string {
    return [...this.#lines, this.#pieces.join('').trimEnd()]
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  }
}

class Printer {
  readonly #main = new Sheet();
  readonly #signature = new Sheet();
  readonly #open: OpenElement[] = [];
  readonly #counts = new Map<string, number>();
  #hidden = 0;
  #signing = 0;
  #quotes = 0;
  #keepsLines = 0;
  #link: { url: string; sheet: Sheet; mark: number } | null = null;

  take(token: HtmlToken): void {
    if (token.kind === 'text') this.#text(token.text);
    else if (token.kind === 'open') this.#opens(token);
    else this.#closes(token.name);
  }

  result(): HtmlText {
    return { text: this.#main.text(), signature: this.#signature.text() };
  }

  get #sheet(): Sheet {
    return this.#signing > 0 ? this.#signature : this.#main;
  }

  #text(text: string): void {
    if (this.#hidden > 0) return;
    if (this.#keepsLines === 0) return this.#write(text.replace(/[ \t\r\n\f]+/g, ' '));
    for (const [at, line] of text.replace(/\r\n?/g, '\n').split('\n').entries()) {
      if (at > 0) this.#breakLine();
      this.#write(line);
    }
  }

  #write(text: string): void {
    const sheet = this.#sheet;
    const isGlued = (sheet.isAtStart || sheet.endsWithSpace) && this.#keepsLines === 0;
    const added = isGlued ? text.replace(/^ /, '') : text;
    if (added === '') return;
    if (sheet.isAtStart) sheet.write(this.#prefix());
    sheet.write(added);
  }

  #prefix(): string {
    return this.#quotes === 0 ? '' : `${'>'.repeat(Math.min(this.#quotes, QUOTES_MAX))} `;
  }

  #breakLine(): void {
    if (this.#sheet.isAtStart) this.#sheet.write(this.#prefix());
    this.#sheet.endLine();
  }

  /** Ends the line when something stands on it. */
  #endLine(): void {
    if (!this.#sheet.isAtStart) this.#sheet.endLine();
  }

  #opens({ name, attributes, isVoid }: Extract<HtmlToken, { kind: 'open' }>): void {
    if (this.#hidden === 0) this.#beginsWith(name, attributes);
    if (isVoid) return;
    const does = this.#hidden > 0 ? (HIDDEN.has(name) ? 'hide' : null) : this.#doesOf(name, attributes);
    this.#open.push({ name, does });
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#turn(does, 1);
    if (does === 'link')
      this.#link = { url: attributes.get('href')!, sheet: this.#sheet, mark: this.#sheet.mark };
  }

  #beginsWith(name: string, attributes: ReadonlyMap<string, string>): void {
    if (beginsOldMail(name, attributes)) {
      this.#endLine();
      if (this.#quotes === 0 && this.#signing === 0) {
        this.#main.write(OLD_MAIL);
        this.#main.endLine();
      }
    }
    if (name === 'br') this.#breakLine();
    else if (name === 'img') this.#image(attributes);
    else if (name === 'td' || name === 'th') this.#write(' ');
    else if (BLOCKS.has(name) || PARAGRAPHS.has(name)) this.#endLine();
    if (name === 'li') this.#write('- ');
    if (name === 'hr') this.#rule();
  }

  #rule(): void {
    this.#endLine();
    this.#write('----------');
    this.#endLine();
  }

  #doesOf(name: string, attributes: ReadonlyMap<string, string>): OpenElement['does'] {
    if (HIDDEN.has(name) || isHidden(attributes)) return 'hide';
    if (isSignature(attributes)) return 'sign';
    if (name === 'blockquote') return 'quote';
    if (name === 'pre') return 'keep-lines';
    if (
      name === 'a' &&
      this.#link === null &&
      /^https?:\/\/[^\s()<>]{1,2000}$/i.test(attributes.get('href') ?? '')
    )
      return 'link';
    const isTight = /MsoNormal|MsoPlainText|\bp1\b/.test(attributes.get('class') ?? '');
    return PARAGRAPHS.has(name) && !isTight ? 'end-paragraph' : null;
  }

  #image(attributes: ReadonlyMap<string, string>): void {
    const id = /^cid:([^\s]{1,250})$/i.exec(attributes.get('src')?.trim() ?? '')?.[1];
    if (id !== undefined) this.#write(`${IMAGE_OPEN}${safeDecode(id)}${IMAGE_CLOSE}`);
    else if (attributes.get('class')?.includes('emoji') || attributes.has('data-emoji'))
      this.#write(attributes.get('alt') ?? '');
  }

  #closes(name: string): void {
    if ((this.#counts.get(name) ?? 0) === 0) return;
    for (let element = this.#open.pop(); element; element = this.#open.pop()) {
      this.#counts.set(element.name, this.#counts.get(element.name)! - 1);
      this.#ends(element);
      if (element.name === name) return;
    }
  }

  #ends({ name, does }: OpenElement): void {
    if (does === 'link') this.#endLink();
    if (this.#hidden === 0 && (BLOCKS.has(name) || PARAGRAPHS.has(name))) this.#endLine();
    if (this.#hidden === 0 && does === 'end-paragraph' && !this.#sheet.isAfterBlank) this.#breakLine();
    this.#turn(does, -1);
  }

  #turn(does: OpenElement['does'], by: number): void {
    if (does === 'hide') this.#hidden += by;
    if (does === 'sign') this.#signing += by;
    if (does === 'quote') this.#quotes += by;
    if (does === 'keep-lines') this.#keepsLines += by;
  }

  /** The address beside the words, where they do not say it themselves. */
  #endLink(): void {
    const link = this.#link;
    this.#link = null;
    if (!link || this.#hidden > 0 || link.sheet.mark <= link.mark) return;
    const words = link.sheet
      .since(link.mark)
      .replace(/^[>\s]+/, '')
      .trim();
    const says = /^(?:https?:\/\/|www\.)|@|^[\w-]+\.[\w./-]+$/i.test(words);
    if (words !== '' && !says && !words.includes(IMAGE_OPEN)) link.sheet.write(` (${link.url})`);
  }
}

/** Elements by which mail programs say that what follows is an old mail, where no words say so. */
function beginsOldMail(name: string, attributes: ReadonlyMap<string, string>): boolean {
  const id = attributes.get('id') ?? '';
  if (
    /^(?:divRplyFwdMsg|x_divRplyFwdMsg|stopSpelling|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|reply-intro|ms-outlook-mobile-body-separator-line)$/i.test(
      id,
    )
  )
    return true;
  const classes = attributes.get('class') ?? '';
  if (
    /(?:^|\s)(?:yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote|moz-forward-container|quote-wrapper|gmx_quote)(?:$|\s)/.test(
      classes,
    )
  )
    return true;
  if (attributes.get('data-marker') === '__DIVIDER__') return true;
  const style = attributes.get('style') ?? '';
  if (name !== 'div') return false;
  return (
    /border:\s*none;\s*border-top:\s*solid\s*#?(?:E1E1E1|B5C4DF|b5c4df|e1e1e1)\s*1\.0pt/i.test(style) ||
    /padding-top:\s*5px;\s*border-top-color:\s*rgb\(229,\s*229,\s*229\)/i.test(style)
  );
}

function isSignature(attributes: ReadonlyMap<string, string>): boolean {
  return (
    /(?:^|\s)(?:gmail_signature|moz-signature|protonmail_signature_block|yahoo-signature|ymail_android_signature|signature_editor|mobile_signature)(?:$|\s)/.test(
      attributes.get('class') ?? '',
    ) ||
    /^(?:x_)?(?:Signature|ms-outlook-mobile-signature|AppleMailSignature|lineBreakAtBeginningOfSignature|gmail-signature)$/i.test(
      attributes.get('id') ?? '',
    ) ||
    attributes.get('data-smartmail') === 'gmail_signature'
  );
}

function isHidden(attributes: ReadonlyMap<string, string>): boolean {
  return attributes.has('hidden') || /display:\s*none|mso-hide:\s*all/i.test(attributes.get('style') ?? '');
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
