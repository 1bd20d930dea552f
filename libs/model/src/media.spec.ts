import { describe, expect, it } from 'vitest';
import type { Content } from './content.js';
import { newId } from './ids.js';
import { mediaIdOf, mediaIdsOf, mediaUrlOf, showMedia, type ShownMedia } from './media.js';

const mediaId = newId('media');
const stored: ShownMedia = {
  link: 'https://parley.example/media/x?expires=1&signature=s',
  status: 'stored',
  reason: null,
  mimeType: 'image/png',
  sizeBytes: 70,
  fileName: null,
};

describe('the address of a stored file', () => {
  it('is its id behind media:', () => {
    expect(mediaIdOf(mediaUrlOf(mediaId))).toBe(mediaId);
  });
  it('is neither an address elsewhere nor a reference of a provider', () => {
    expect(mediaIdOf(`https://x.example/${mediaId}`)).toBeNull();
    expect(mediaIdOf('media:1234')).toBeNull();
    expect(mediaIdOf(`media:${mediaId}x`)).toBeNull();
  });
});

describe('showing contents', () => {
  const contents: Content[] = [
    { type: 'image', url: mediaUrlOf(mediaId), caption: 'A cat', mime_type: 'image/jpeg' },
    { type: 'card', title: 'Cat', image_url: mediaUrlOf(mediaId), options: [] },
    { type: 'text', text: mediaUrlOf(mediaId) },
    { type: 'file', url: 'media:1234' },
  ];
  it('finds each stored file once', () => {
    expect(mediaIdsOf(contents)).toEqual([mediaId]);
  });
  it('puts links in, says what the bytes are, and leaves the rest', () => {
    expect(showMedia(contents, new Map([[mediaId, stored]]))).toEqual([
      {
        type: 'image',
        url: stored.link,
        caption: 'A cat',
        mime_type: 'image/png',
        size_bytes: 70,
        status: 'stored',
      },
      { type: 'card', title: 'Cat', image_url: stored.link, options: [] },
      contents[2],
      contents[3],
    ]);
  });
  it('says why a file failed', () => {
    const failed = { ...stored, status: 'failed' as const, reason: 'It is gone.', mimeType: null };
    expect(showMedia([contents[0]!], new Map([[mediaId, failed]]))[0]).toMatchObject({
      status: 'failed',
      reason: 'It is gone.',
      mime_type: 'image/jpeg',
    });
  });
});
