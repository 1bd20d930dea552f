import { setTimeout as sleep } from 'node:timers/promises';
import type { Shape } from '#libs/sdk';
import { renderUnicodeCompact } from 'uqr';
import type { Desk } from './desk.js';

const LOOK_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/** Shows QR codes as they come, until the channel is connected or nobody has scanned one for five minutes. */
export async function followConnection(desk: Desk, id: string): Promise<void> {
  let shown = '';
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; await sleep(LOOK_MS)) {
    const connection = await desk.parley.channels.connection(id);
    const words = wordsOf(connection);
    if (words !== shown) desk.line(connection, words);
    shown = words;
    if (connection.state === 'open') return;
  }
}

/** What a person has to do now, if anything. */
function wordsOf({ state, reason, set_up: setUp }: Shape<'ChannelConnection'>): string {
  if (setUp === null) return `${state} ${reason}`;
  if (setUp.kind === 'qr') return `${renderUnicodeCompact(setUp.value)}\nScan this with the phone.`;
  return setUp.kind === 'code' ? `Type this into the phone: ${setUp.value}` : `Open ${setUp.value}`;
}
