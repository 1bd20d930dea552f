import { describe, expect, it } from 'vitest';
import { mediaIdOf, mediaUrlOf, newId, type Content } from '#libs/model';
import { nameMedia } from './name-media.js';

const eventId = newId('inboxEvent');
const stored: Content = { type: 'audio', url: mediaUrlOf(newId('media')) };
const contents: Content[] = [
  { type: 'text', text: 'Look' },
  { type: 'image', url: 'media:1234', mime_type: 'image/jpeg', caption: 'A cat' },
  { type: 'file', url: 'https://files.example/a.pdf', file_name: 'a.pdf' },
  stored,
  { type: 'video', url: 'http://files.example/a.mp4' },
];

describe('the files of an event', () => {
  const { contents: named, fetches } = nameMedia(contents, eventId);

  it('get names of ours, each its own, and keep what was said of them', () => {
    const [text, image, file, audio, video] = named;
    expect([text, audio, video]).toEqual([contents[0], stored, contents[4]]);
    expect(image).toMatchObject({ type: 'image', caption: 'A cat' });
    const ids = [image, file].map((content) => mediaIdOf((content as { url: string }).url));
    expect(ids).toEqual(fetches.map(({ mediaId }) => mediaId));
    expect(new Set(ids).size).toBe(2);
  });

  it('are to be fetched from where they are', () => {
    expect(fetches.map(({ mediaId: _, ...rest }) => rest)).toEqual([
      { source: 'media:1234', declaredType: 'image/jpeg', fileName: null },
      { source: 'https://files.example/a.pdf', declaredType: null, fileName: 'a.pdf' },
    ]);
  });

  it('get the same names when the event is handled again', () => {
    expect(nameMedia(contents, eventId)).toEqual({ contents: named, fetches });
  });
});
