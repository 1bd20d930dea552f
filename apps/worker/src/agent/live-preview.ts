import type { Live } from '#libs/bot';
import type { ConversationId } from '#libs/model';
import type { Bell } from '#libs/queue';

/** A bell carries less than 8,000 bytes; a sign has at most four. */
const pieceMax = 1_500;

/** Rings a reply out while it is written: `message.delta` with `index` and `text`, and with `reset` when it does not count. */
export function livePreview(bell: Bell, conversationId: ConversationId): Live {
  let index = 0;
  const ring = (data: { index: number; text: string; reset?: boolean }): void =>
    bell.ring('live', { conversationId, type: 'message.delta', data });
  return {
    delta: (text) => {
      for (let at = 0; at < text.length; at += pieceMax)
        ring({ index: index++, text: text.slice(at, at + pieceMax) });
    },
    reset: () => {
      index = 0;
      ring({ index, text: '', reset: true });
    },
  };
}
