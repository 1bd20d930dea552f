import { describe, expect, it } from 'vitest';
import { sniff } from './sniff.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');

describe('the type of a file', () => {
  it('is what its bytes say, whatever the sender declared', async () => {
    expect(await sniff(png, 'text/html')).toBe('image/png');
    expect(await sniff(png, null)).toBe('image/png');
    expect(await sniff(Buffer.from('<html><script>1</script>'), 'image/png')).toBe('text/plain');
  });
  it('is refined by what was declared where the bytes leave it open', async () => {
    expect(await sniff(Buffer.from('a;b\n1;2\n'), 'text/csv; charset=utf-8')).toBe('text/csv');
    const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    expect(await sniff(zip, docx)).toBe(docx);
    expect(await sniff(zip, 'text/csv')).toBe('application/zip');
  });
  it('is unknown for bytes that are neither text nor anything known', async () => {
    expect(await sniff(Buffer.from([0, 1, 2, 3]), 'text/plain')).toBe('application/octet-stream');
    expect(await sniff(Buffer.from([0xc3, 0x28]), null)).toBe('application/octet-stream');
  });
  it('is text although a character is cut where the look ends', async () => {
    expect(await sniff(Buffer.from('ä'.repeat(4_000)).subarray(1, 6_000), 'text/plain')).toBe(
      'application/octet-stream',
    );
    expect(await sniff(Buffer.from(`a${'ä'.repeat(4_000)}`), null)).toBe('text/plain');
  });
});
