import type { CreateWidgetSession } from '#libs/model';
import { deviceOf } from './device.js';

const CAMPAIGN = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'];
/** Longest value of a campaign that is kept, in characters. */
const VALUE_MAX = 200;

/** What is kept of where a visitor came from: the page, its referrer, its language, its campaign, and the kind of device. */
export function metadataOf(
  { page_url, referrer, locale }: CreateWidgetSession,
  userAgent?: string,
): Record<string, string> {
  const device = deviceOf(userAgent ?? '');
  return {
    ...(page_url !== undefined && { page_url, ...campaignOf(page_url) }),
    ...(referrer !== undefined && { referrer }),
    ...(locale !== undefined && { locale }),
    ...(device !== null && { device }),
  };
}

/** The `utm_…` parameters of an address. */
function campaignOf(address: string): Record<string, string> {
  const query = new URL(address).searchParams;
  const found = CAMPAIGN.map((name) => [name, (query.get(name) ?? '').slice(0, VALUE_MAX)]);
  return Object.fromEntries(found.filter(([, value]) => value !== '')) as Record<string, string>;
}
