import type { Bot } from '#libs/model';
import { call } from '../../api/call.js';

/**
 * Brings an archive of a bot in: a new bot, or the draft and the tests of one that is there.
 *
 * @throws Problem  `input/invalid` with the file and the place of each mistake
 */
export function bringIn(file: File, botId?: string): Promise<Bot> {
  return call<Bot>('POST', '/v1/bots/import.zip', {
    // Browsers name archives as they like.
    body: new Blob([file], { type: 'application/zip' }),
    headers: { 'content-type': 'application/zip' },
    query: { bot_id: botId },
  });
}
