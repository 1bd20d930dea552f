import type { Content } from '#libs/model';
import type { Plan } from '../connector.js';
import { planSms } from '../shared/sms/plan-sms.js';
import type { TwilioSmsSettings } from './manifest.js';

/** Texts of phones; with `mms`, files are messages of their own. */
export function plan(contents: readonly Content[], { max_segments, mms }: TwilioSmsSettings): Plan {
  return planSms(contents, { maxSegments: max_segments, hasMedia: mms });
}
