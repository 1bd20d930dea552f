import type { Content } from '#libs/model';
import type { Plan } from '../connector.js';
import { planSms } from '../shared/sms/plan-sms.js';
import type { KannelSettings } from './manifest.js';

/** Texts of phones; files as links. */
export function plan(contents: readonly Content[], { max_segments }: KannelSettings): Plan {
  return planSms(contents, { maxSegments: max_segments });
}
