import type { Client } from 'pg';
import { type BotId, type ChannelId, newId, uuidOf, type WorkspaceId } from '#libs/model';
import { makePrng } from './prng.js';

const DAY_MS = 86_400_000;

/** What the log of a workspace is filled with. */
export interface Filling {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  botId: BotId;
  /** How many days back it begins. */
  days: number;
  perDay: number;
}

/** Writes conversations into the event log as they might have been: some answered by the bot alone, some by people, a few failed. */
export async function fillAnalytics(
  owner: Client,
  { workspaceId, channelId, botId, days, perDay }: Filling,
): Promise<void> {
  const [w, bot] = [uuidOf(workspaceId), uuidOf(botId)];
  const draw = makePrng(7);
  const contact = uuidOf(newId('contact'));
  await owner.query('insert into contact (workspace_id, id) values ($1, $2)', [w, contact]);
  const talks: string[] = [];
  const events: unknown[] = [];
  for (let day = 0; day < days; day++) {
    const count = Math.round(perDay * (0.6 + draw() * 0.8));
    for (let index = 0; index < count; index++) {
      const conversation = uuidOf(newId('conversation'));
      talks.push(conversation);
      let at = Date.now() - day * DAY_MS - draw() * DAY_MS * 0.8;
      let seq = 0;
      const tell = (type: string, data: object, afterMs = 0) => {
        at += afterMs;
        events.push({ c: conversation, seq: ++seq, type, data, at: new Date(at).toISOString() });
      };
      const isHard = draw() < 0.3;
      tell('conversation.created', {});
      tell('message.created', { by: 'contact', message: `m${seq}` }, 500);
      tell('turn.completed', {
        bot,
        outcome: 'answered',
        answered_by: isHard ? 'fallback' : draw() < 0.5 ? 'rules' : draw() < 0.5 ? 'knowledge' : 'flows',
        tokens: Math.round(draw() * 900),
        money_micros: Math.round(draw() * 4_000),
        ...(draw() < 0.4 && { flow: 'order', node: draw() < 0.5 ? 'size' : 'address' }),
      });
      tell('message.created', { by: 'bot', bot, message: `m${seq}` }, 800 + draw() * 3_000);
      if (draw() < 0.06)
        tell('message.status', { message: `m${seq - 1}`, status: draw() < 0.6 ? 'failed' : 'expired' });
      if (isHard) {
        tell('handoff.requested', { to: 'queue' }, 1_000);
        if (draw() < 0.9)
          tell('control.changed', { to: 'operator', by: 'member:x' }, 60_000 * (1 + draw() * 6));
        tell('message.created', { by: 'operator', message: `m${seq}` }, 30_000);
      }
      if (draw() < 0.7) tell('conversation.updated', { state: 'closed' }, 600_000 * draw());
      if (draw() < 0.4) tell('csat.received', { score: Math.min(5, 2 + Math.floor(draw() * 4)) }, 1_000);
    }
  }
  await owner.query(
    `insert into conversation (workspace_id, id, channel_id, contact_id, thread)
     select $1, x::uuid, $2, $3, x from unnest($4::text[]) x`,
    [w, uuidOf(channelId), contact, talks],
  );
  await owner.query(
    `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
     select $1, x.c, x.seq, x.type, x.data, x.at
     from jsonb_to_recordset($2) as x(c uuid, seq int, type text, data jsonb, at timestamptz)`,
    [w, JSON.stringify(events)],
  );
}
