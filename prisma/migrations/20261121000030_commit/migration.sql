-- Writes what a batch of mailboxes came to, in one commit. Items whose lease was lost, or whose conversation changed
-- owner while the bot was thinking, are left out and named in the answer; `more` names mailboxes that are due again.
--   mailboxes     {i, id, e: epoch, keep: lease ms or null, retry: ms or null, calm: due again after `retry` without
--                  having failed, wait: ms or null, more: a turn is still owed}
--   conversations {i, w, id, n: messages, ev: events, ans: all is answered, st: bot state or null, rep: has replies,
--                  own: new owner or null, cv: expected control version or null,
--                  thr: last message that the turn answered, null: all of them}
--   messages      {i, w, id, c, o: offset from 1, dir, by, content, status, pid, re, meta, turn, at}
--   edits         {i, w, id, c, content: null deletes, at}
--   reactions     {i, w, id, c, emoji, who, gone}
--   done          {i, w, id, status, reason, att: attempts to add, m: message}
--   turns         {i, w, id, c, bot, ver, f: first message, thr: as above, nin: inbound messages of this commit, outcome,
--                  trace, t0, t1}
--   deliveries    {i, w, id, c, m, o: offset of the message, ch, part, parts, body, class, acc, dest, ttl: ms}
--   log           {i, w, c, o: offset from 1, type, data}
--   media         {i, w, id, ch, c, m, e: inbox event, src: source, held: over the connection, type: declared, name}
--
-- The argument is taken apart once, and each conversation's sequence numbers come from the update that moved them. A turn
-- may answer the oldest of several waiting messages alone, so that one that cannot be handled takes no neighbour with it;
-- a mailbox that waits for its channel, its database or its worker has not failed.
create function mailbox_commit(p_workspaces text, p_worker text, p json) returns json
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set join_collapse_limit = 1 set from_collapse_limit = 1
as $$
declare
  v_all int[];
  v_ok int[];
  v_held int[];
  v_more int[];
  -- By item, from 1: the last sequence numbers before this commit; null for items that are left out.
  v_last_message int[];
  v_last_event int[];
  v_mailboxes json;
  v_conversations json;
  v_messages json;
  v_edits json;
  v_reactions json;
  v_done json;
  v_turns json;
  v_deliveries json;
  v_log json;
  v_media json;
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  select r.mailboxes, r.conversations, r.messages, r.edits, r.reactions, r.done, r.turns, r.deliveries, r.log, r.media
    into v_mailboxes, v_conversations, v_messages, v_edits, v_reactions, v_done, v_turns, v_deliveries, v_log, v_media
  from json_to_record(p) as r(mailboxes json, conversations json, messages json, edits json, reactions json, done json,
    turns json, deliveries json, log json, media json);

  select array_agg(c.i) into v_all from json_to_recordset(v_conversations) as c(i int);

  if json_array_length(v_mailboxes) > 0 then
    select array_agg(b.i), array_agg(b.i) filter (where m.epoch = b.e and m.leased_by = p_worker)
    into v_all, v_ok
    from json_to_recordset(v_mailboxes) as b(i int, id uuid, e int)
    left join (
      select x.id, x.epoch, x.leased_by from mailbox x
      where x.id in (select b.id from json_to_recordset(v_mailboxes) as b(id uuid))
      order by x.channel_id, x.key
      for update
    ) m on m.id = b.id;
  else
    v_ok := v_all; -- written by the gateway, which holds no mailbox
  end if;
  v_held := v_ok;

  if v_ok is not null and json_array_length(v_conversations) > 0 then
    select array_agg(i) into v_ok from unnest(v_ok) as i where i not in (
      select b.i from json_to_recordset(v_conversations) as b(i int, id uuid, cv int)
      join (
        select x.id, x.control_version from conversation x
        where x.id in (select b.id from json_to_recordset(v_conversations) as b(id uuid))
        order by x.id
        for update
      ) c on c.id = b.id
      where b.cv is not null and b.cv <> c.control_version
    );
  end if;

  if v_ok is not null then
    if (
      select count(*) > count(distinct b.id) from json_to_recordset(v_conversations) as b(i int, id uuid) where b.i = any (v_ok)
    ) then
      -- Two writers of one conversation in one batch: each is written by itself.
      raise exception 'a conversation stands twice in one commit' using errcode = 'unique_violation';
    end if;

    with moved as (
      update conversation c set
        last_message_seq = c.last_message_seq + b.n,
        last_event_seq = c.last_event_seq + b.ev,
        answered_seq = case when b.ans then coalesce(b.thr, c.last_message_seq + b.n) else c.answered_seq end,
        bot_state = coalesce(b.st, c.bot_state),
        has_replies = c.has_replies or b.rep,
        owner = coalesce(b.own, c.owner),
        control_version = c.control_version + case when b.own is not null and b.own <> c.owner then 1 else 0 end,
        last_message_at = case when b.n > 0 then clock_timestamp() else c.last_message_at end
      from json_to_recordset(v_conversations)
        as b(i int, w uuid, id uuid, n int, ev int, ans boolean, thr int, st jsonb, rep boolean, own text)
      where c.workspace_id = b.w and c.id = b.id and b.i = any (v_ok)
      returning b.i, c.last_message_seq - b.n as last_message, c.last_event_seq - b.ev as last_event
    )
    select array_agg(moved.last_message order by i.n), array_agg(moved.last_event order by i.n)
    into v_last_message, v_last_event
    from generate_series(0, (select max(i) from unnest(v_ok) as i)) as i(n) left join moved on moved.i = i.n;

    insert into message (workspace_id, id, conversation_id, seq, direction, author, content, status, provider_id,
        reply_to, metadata, turn_id, sent_at)
      select b.w, b.id, b.c, v_last_message[b.i + 1] + b.o, b.dir, b.by, b.content, b.status, b.pid,
        b.re, coalesce(b.meta, '{}'), b.turn, b.at
      from json_to_recordset(v_messages) as b(i int, w uuid, id uuid, c uuid, o int, dir text, by text, content jsonb,
        status text, pid text, re text, meta jsonb, turn uuid, at timestamptz)
      where v_last_message[b.i + 1] is not null;

    if json_array_length(v_media) > 0 then
      insert into media (workspace_id, id, channel_id, conversation_id, message_id, inbox_event_id, source,
          is_over_connection, declared_type, file_name, due_at)
        select b.w, b.id, b.ch, b.c, b.m, b.e, b.src, b.held, b.type, b.name, clock_timestamp()
        from json_to_recordset(v_media) as b(i int, w uuid, id uuid, ch uuid, c uuid, m uuid, e uuid, src text, held boolean,
          type text, name text)
        where b.i = any (v_ok)
      on conflict (workspace_id, id) do nothing;
    end if;

    if json_array_length(v_edits) > 0 then
      update message m set
        content = coalesce(b.content, m.content),
        edited_at = case when b.content is null then m.edited_at else b.at end,
        deleted_at = case when b.content is null then b.at else m.deleted_at end
      from json_to_recordset(v_edits) as b(i int, w uuid, id uuid, content jsonb, at timestamptz)
      where m.workspace_id = b.w and m.id = b.id and b.i = any (v_ok);
    end if;

    if json_array_length(v_reactions) > 0 then
      update message m set reactions = coalesce((
          select jsonb_agg(r) from jsonb_array_elements(m.reactions) r
          where not (r->>'emoji' = b.emoji and r->>'from' = b.who)
        ), '[]') || case when b.gone then '[]' else jsonb_build_array(jsonb_build_object('emoji', b.emoji, 'from', b.who)) end
      from json_to_recordset(v_reactions) as b(i int, w uuid, id uuid, emoji text, who text, gone boolean)
      where m.workspace_id = b.w and m.id = b.id and b.i = any (v_ok);
    end if;

    insert into turn (workspace_id, id, conversation_id, bot_id, bot_version, from_seq, through_seq, outcome, trace, started_at, ended_at)
      select b.w, b.id, b.c, b.bot, b.ver, b.f, coalesce(b.thr, v_last_message[b.i + 1] + b.nin), b.outcome, b.trace, b.t0, b.t1
      from json_to_recordset(v_turns) as b(i int, w uuid, id uuid, c uuid, bot uuid, ver int, f int, thr int, nin int,
        outcome text, trace jsonb, t0 timestamptz, t1 timestamptz)
      where v_last_message[b.i + 1] is not null;

    insert into delivery (workspace_id, id, conversation_id, message_id, channel_id, seq, part, parts, body, class, account,
        destination, expires_at, due_at)
      select b.w, b.id, b.c, b.m, b.ch, v_last_message[b.i + 1] + b.o, b.part, b.parts, b.body, b.class, b.acc, b.dest,
        clock_timestamp() + make_interval(secs => b.ttl / 1000.0),
        case when row_number() over (partition by b.c order by b.o, b.part) = 1 and not exists (
          select from delivery d where d.conversation_id = b.c and d.status in ('queued', 'sending')
        ) then clock_timestamp() end
      from json_to_recordset(v_deliveries) as b(i int, w uuid, id uuid, c uuid, m uuid, o int, ch uuid, part int,
        parts int, body jsonb, class text, acc text, dest text, ttl bigint)
      where v_last_message[b.i + 1] is not null;

    insert into event (workspace_id, conversation_id, seq, type, data)
      select b.w, b.c, v_last_event[b.i + 1] + b.o, b.type, b.data
      from json_to_recordset(v_log) as b(i int, w uuid, c uuid, o int, type text, data jsonb)
      where v_last_event[b.i + 1] is not null;

    update inbox_event e set
      status = b.status, reason = b.reason, attempts = e.attempts + b.att, message_id = b.m,
      done_at = case when b.status = 'pending' then null else clock_timestamp() end
    from json_to_recordset(v_done) as b(i int, w uuid, id uuid, status text, reason text, att int, m uuid)
    where e.workspace_id = b.w and e.id = b.id and b.i = any (v_ok);

    with released as (
    update mailbox m set
      leased_by = case when b.keep is null then null else m.leased_by end,
      failures = case when b.keep is not null or b.calm then m.failures when b.retry is null then 0 else m.failures + 1 end,
      due_at = case
        when b.keep is not null then clock_timestamp() + make_interval(secs => b.keep / 1000.0)
        when b.retry is not null then clock_timestamp() + make_interval(secs => b.retry / 1000.0)
        -- What came in meanwhile is not among the parts that wait.
        when b.wait is not null and not b.more and b.parts >= (
            select count(*) from inbox_event e where e.mailbox_id = m.id and e.status = 'pending'
          ) then clock_timestamp() + make_interval(secs => b.wait / 1000.0)
        when b.more or exists (select from inbox_event e where e.mailbox_id = m.id and e.status = 'pending')
          then clock_timestamp()
      end
    from json_to_recordset(v_mailboxes) as b(i int, id uuid, keep int, retry int, calm boolean, wait int, parts int, more boolean)
    where m.id = b.id and b.i = any (v_ok)
    returning b.i, m.due_at
    )
    select array_agg(i) filter (where due_at <= clock_timestamp() + interval '1 ms') into v_more from released;
  end if;

  return json_build_object(
    'ok', coalesce(v_ok, '{}'), 'more', coalesce(v_more, '{}'),
    'superseded', coalesce((select array_agg(i) from unnest(v_held) i where i <> all (coalesce(v_ok, '{}'))), '{}'),
    'fenced', coalesce((select array_agg(i) from unnest(v_all) i where i <> all (coalesce(v_held, '{}'))), '{}'));
end $$;
