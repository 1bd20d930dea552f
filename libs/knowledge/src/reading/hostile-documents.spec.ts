import { deflateSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { docxOf, pdfOf, zipOf } from '../../../../test/support/documents.js';
import type { Readable, ReadDocument } from './document.js';
import { readDocument } from './read-document.js';
import { ReadingRoom } from './reading-room.js';

// Parsers and threads take their time to load on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const room = new ReadingRoom({ timeoutMs: 60_000, heapMb: 128, grownMb: 1_000 });
const fileOf = (bytes: Uint8Array | string, fileName: string) => ({
  bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
  mimeType: null,
  fileName,
  url: null,
});
const read = (bytes: Uint8Array | string, fileName: string) => readDocument(fileOf(bytes, fileName));
/** Of one that may stumble over its own depth: it is read in a thread, as all are outside of tests. */
const codeInThread = (bytes: Uint8Array | string, fileName: string): Promise<string> =>
  codeOf(bytes, fileName, (file) => room.read(file));
const codeOf = (
  bytes: Uint8Array | string,
  fileName: string,
  reader: (file: Readable) => Promise<ReadDocument> = readDocument,
): Promise<string> =>
  reader(fileOf(bytes, fileName)).then(
    (document) => JSON.stringify(document),
    (fault: { code: string }) => fault.code,
  );

/** A PDF of these objects, from number 1 on. */
function pdfWith(objects: readonly string[], trailer = ''): string {
  const body = objects.map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`).join('');
  return `%PDF-1.4\n${body}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\n%%EOF`;
}
const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>';
const catalog = '<< /Type /Catalog /Pages 2 0 R >>';

/** A DOCX with another document part. */
function docxWith(xml: string): Uint8Array {
  const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="${word}"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${office}" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': xml,
  });
}
const wordXml = (head: string, text: string): string =>
  `<?xml version="1.0"?>${head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`;

describe('a hostile PDF', () => {
  it.each<[what: string, pdf: string, code: string]>([
    [
      'says that it has a milliard pages',
      pdfWith([catalog, '<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>', page]),
      'input/unreadable',
    ],
    [
      'has pages that hold themselves',
      pdfWith([catalog, '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>']),
      'input/unreadable',
    ],
    [
      'draws itself for ever',
      pdfWith([
        catalog,
        '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /X 4 0 R >> >> >>',
        '<< /Type /XObject /Subtype /Form /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream',
      ]),
      'input/unreadable',
    ],
    [
      'is cut off',
      Buffer.from(pdfOf(['# A', 'word']))
        .toString('latin1')
        .slice(0, 300),
      'input/unreadable',
    ],
    ['is nothing but brackets', `%PDF-1.7\n${'['.repeat(500_000)}`, 'input/unreadable'],
  ])('that %s is refused', async (_, pdf, code) => {
    expect(await codeOf(pdf, 'a.pdf')).toBe(code);
  });

  it('that wants a password says so', async () => {
    const key = `<${'00ff'.repeat(16)}>`;
    const encrypt = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O ${key} /U ${key} >> /ID [<00> <00>]`;
    const pdf = pdfWith([catalog, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', page], encrypt);
    await expect(read(pdf, 'a.pdf')).rejects.toMatchObject({
      code: 'input/unreadable',
      detail: 'The PDF is protected by a password.',
    });
  });

  it('runs nothing, and what it says otherwise is read', async () => {
    const text = 'BT /F1 9 Tf 9 9 Td (Plain words) Tj ET';
    const stream = deflateSync(Buffer.from(text)).toString('latin1');
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while(1){}) >> >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
      `<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n${stream}\nendstream`,
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ];
    expect(await read(Buffer.from(pdfWith(objects), 'latin1'), 'a.pdf')).toMatchObject({
      markdown: 'Plain words',
    });
  });
});

describe('a hostile DOCX', () => {
  const laughs = Array.from(
    { length: 12 },
    (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
  ).join('');

  it('reads no file of ours, and lets nothing grow out of its entities', async () => {
    const file = `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>`;
    expect(await codeOf(docxWith(wordXml(file, 'before &f; after')), 'a.docx')).not.toContain('root:');
    const grown = await codeOf(
      docxWith(wordXml(`<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`, 'so &l12;')),
      'a.docx',
    );
    expect(grown.length).toBeLessThan(1_000);
  });

  it.each<[what: string, bytes: Uint8Array]>([
    ['is no XML', docxWith('PK nothing')],
    ['has no document', zipOf({ '[Content_Types].xml': '<Types/>', 'word/other.xml': '<a/>' })],
    ['is nested without end', docxWith(wordXml('', '<w:r>'.repeat(200_000)))],
    ['is cut off', Buffer.from(docxOf(['# A', 'word'])).subarray(0, 400)],
  ])('that %s is refused', async (_, bytes) => {
    expect(await codeInThread(bytes, 'a.docx')).toBe('input/unreadable');
  });
});

describe('a hostile page', () => {
  it.each<[what: string, html: string, code: string]>([
    ['is nested without end', `<html>${'<div>'.repeat(60_000)}words here`, 'input/too-large'],
    ['has elements without number', `<html>${'<i>a</i>'.repeat(150_000)}`, 'input/too-large'],
    ['is scripts only', `<html><body>${'<script>let words = 1</script>'.repeat(1_000)}`, 'input/unreadable'],
  ])('that %s is refused', async (_, html, code) => {
    expect(await codeOf(html, 'a.html')).toBe(code);
  });
});

describe('a hostile table', () => {
  it('keeps cells of many lines, quotes and formulas as the words that they are', async () => {
    const table =
      'question,answer\n"Which\ncolours?","=HYPERLINK(""http://x"")\nand ""red"""\nlonely\n,,,\n"a","b","c"\n';
    expect(await read(table, 'a.csv')).toMatchObject({
      rows: [
        { questions: ['Which', 'colours?'], text: '=HYPERLINK("http://x")\nand "red"' },
        { questions: ['a'], text: 'b' },
      ],
    });
  });

  it.each<[what: string, csv: string, code: string]>([
    ['has more rows than are read', `question,answer\n${'a,b\n'.repeat(10_001)}`, 'input/too-large'],
    ['has a cell without end', `question,answer\na,"${'b'.repeat(1_000_001)}`, 'input/too-large'],
    [
      'has a quote that never ends before its first answer',
      'question,answer\n"a,b\nc,d\n',
      'input/unreadable',
    ],
  ])('that %s is refused', async (_, csv, code) => {
    expect(await codeOf(csv, 'a.csv')).toBe(code);
  });
});
