import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const built = path.resolve(import.meta.dirname, '../../dist/apps/widget');
const scripts = readdirSync(built).filter((name) => name.endsWith('.js'));

/** What a file weighs on its way, in bytes. */
interface Weight {
  file: string;
  gzip: number;
  brotli: number;
}

const weights: Weight[] = scripts.map((file) => ({
  file: file.replace(/-[\w-]{8}\.js$/, '.js'),
  gzip: gzipSync(readFileSync(path.join(built, file))).length,
  brotli: readFileSync(path.join(built, `${file}.br`)).length,
}));
const weightOf = (file: string): Weight => weights.find((each) => each.file === file)!;
const nameOf = (file: string): string =>
  scripts.find((name) => name.replace(/-[\w-]{8}\.js$/, '.js') === file) ?? '';
/** What a file loads with itself, by name. */
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(path.join(built, nameOf(file)), 'utf8').matchAll(
      /(?:from|^import|;import)"\.\/([^"]+)"/g,
    ),
  ].map(([, name]) => name!);

describe('the files of the widget', () => {
  it('are small: the loader at most 1.5 kB, the app at most 20 kB, and the window comes when it is opened', () => {
    console.table(weights.toSorted((a, b) => b.gzip - a.gzip));
    expect(weightOf('widget.js').gzip).toBeLessThanOrEqual(1_500);
    expect(weightOf('app.js').gzip).toBeLessThanOrEqual(20_000);
    expect(weightOf('panel.js').gzip).toBeLessThanOrEqual(12_800);
    for (const { gzip, brotli } of weights) expect(brotli).toBeLessThan(gzip);
  });

  it('are three for the first open: the loader, the app and the window, and nothing comes along with them', () => {
    expect(importsOf('app.js')).toEqual([]);
    expect(importsOf('panel.js')).toEqual([nameOf('app.js')]);
    const first = ['widget.js', 'app.js', 'panel.js'].map(weightOf);
    expect(first.reduce((sum, { gzip }) => sum + gzip, 0)).toBeLessThanOrEqual(33_200);
    expect(first.reduce((sum, { brotli }) => sum + brotli, 0)).toBeLessThanOrEqual(30_000);
  });

  it('hold in the window no form and no list of conversations', () => {
    const panel = readFileSync(path.join(built, nameOf('panel.js')), 'utf8');
    for (const word of ['asking [name]', 'newChat', 'mailSent']) expect(panel, word).not.toContain(word);
  });

  it('hold in the app nothing that can come later', () => {
    const text = readFileSync(path.join(built, nameOf('app.js')), 'utf8');
    // A word of each: voice notes, ratings, the form for transcripts, another language.
    for (const word of ['getUserMedia', 'aria-pressed', 'mailSent.replace', 'Nachricht schreiben']) {
      expect(text, word).not.toContain(word);
    }
  });

  it('never write HTML', () => {
    const code = scripts.map((name) => readFileSync(path.join(built, name), 'utf8')).join('\n');
    expect(code).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });
});
