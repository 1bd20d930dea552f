import type { ChannelId } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { metadataOf } from './page-context.js';

const channel_id = 'chan_1' as ChannelId;

describe('what is kept of a page', () => {
  it('is its address, its referrer, its language and its campaign', () => {
    const page_url = 'https://shop.example/lamps?utm_source=mail&utm_campaign=May%20sale&session=x';
    const referrer = 'https://search.example/';
    expect(metadataOf({ channel_id, page_url, referrer, locale: 'de' })).toEqual({
      page_url,
      referrer,
      locale: 'de',
      utm_source: 'mail',
      utm_campaign: 'May sale',
    });
  });

  it('is nothing where the page says nothing', () => {
    expect(metadataOf({ channel_id })).toEqual({});
    expect(metadataOf({ channel_id, page_url: 'https://shop.example/?utm_source=' })).toEqual({
      page_url: 'https://shop.example/?utm_source=',
    });
  });
});
