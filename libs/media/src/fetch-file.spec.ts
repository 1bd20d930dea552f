import { describe, expect, it } from 'vitest';
import type { EgressFetch, EgressResponse } from '#libs/connectors';
import { fetchFile } from './fetch-file.js';

const answer = (status: number, headers: Record<string, string> = {}, text = ''): EgressResponse => ({
  status,
  headers,
  body: Buffer.from(text),
  text: () => text,
});
/** Answers by address; what is not in the table does not exist. */
const web = (pages: Record<string, EgressResponse>): { fetch: EgressFetch; called: string[] } => {
  const called: string[] = [];
  return {
    called,
    fetch: (url) => {
      called.push(url);
      return Promise.resolve(pages[url] ?? answer(404));
    },
  };
};
const limits = { maxBytes: 100 };

describe('a public file', () => {
  it('is fetched with its type and name', async () => {
    const { fetch } = web({
      'https://a.example/b%20c.png?x=1': answer(200, { 'content-type': 'image/png' }, 'p'),
    });
    expect(await fetchFile('https://a.example/b%20c.png?x=1', fetch, limits)).toEqual({
      bytes: Buffer.from('p'),
      mimeType: 'image/png',
      fileName: 'b c.png',
    });
  });

  it('is found behind redirects, each of which the egress client judges', async () => {
    const { fetch, called } = web({
      'https://a.example/1': answer(302, { location: '/2' }),
      'https://a.example/2': answer(307, { location: 'https://cdn.example/f.pdf' }),
      'https://cdn.example/f.pdf': answer(200, {}, 'f'),
    });
    expect(await fetchFile('https://a.example/1', fetch, limits)).toMatchObject({ fileName: 'f.pdf' });
    expect(called).toEqual(['https://a.example/1', 'https://a.example/2', 'https://cdn.example/f.pdf']);
  });

  it('is given up behind too many redirects, and when there is none', async () => {
    const { fetch } = web({
      'https://a.example/1': answer(302, { location: '/1' }),
      'https://a.example/3': answer(302),
    });
    await expect(fetchFile('https://a.example/1', fetch, limits)).rejects.toThrow(
      /channel\/rejected.*redirects/,
    );
    await expect(fetchFile('https://a.example/2', fetch, limits)).rejects.toThrow(/channel\/rejected.*404/);
    await expect(fetchFile('https://a.example/3', fetch, limits)).rejects.toThrow(/channel\/rejected/);
  });

  it('may be there later when the server is in trouble', async () => {
    for (const status of [500, 503, 429, 408]) {
      const { fetch } = web({ 'https://a.example/1': answer(status) });
      await expect(fetchFile('https://a.example/1', fetch, limits)).rejects.toThrow(/channel\/unreachable/);
    }
  });
});
