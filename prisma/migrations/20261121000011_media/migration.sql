-- Files that people send and that we send: fetched once from where they are, kept by their content, shown by signed links.

create table media (
  workspace_id uuid not null,
  id uuid not null unique,
  -- Where it came in; null for what was handed to us to be sent.
  channel_id uuid,
  conversation_id uuid,
  message_id uuid,
  inbox_event_id uuid,
  -- What the event named: `media:` and the provider's reference, or an address. Null for what was handed to us.
  source text,
  -- Only whoever holds the channel's connection can fetch it.
  is_over_connection boolean not null default false,
  declared_type text,
  file_name text,
  status text not null default 'pending',
  -- Why it failed.
  reason text,
  -- Of the bytes, in hexadecimal; the file is kept under this name.
  sha256 text,
  -- As the bytes say.
  mime_type text,
  size_bytes int,
  epoch int not null default 0,
  leased_by text,
  -- When someone must look: the next attempt, or the end of the lease; null when all is done.
  due_at timestamptz(3),
  attempts int not null default 0,
  created_at timestamptz(3) not null default now(),
  stored_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
alter table media add constraint media_status check (status in ('pending', 'stored', 'failed'));
create index media_due on media (due_at) where due_at is not null;

alter table media enable row level security;
alter table media force row level security;
create policy workspace_isolation on media to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on media to parley_app;

-- The dispatcher sees whose turn it is, never what a file is or where it comes from.
grant select (workspace_id, id, channel_id, is_over_connection, epoch, leased_by, due_at, created_at) on media to parley_dispatch;
grant update (epoch, leased_by, due_at) on media to parley_dispatch;
create policy dispatch on media to parley_dispatch using (true) with check (true);

create function media_workspace(uuid) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from media where id = $1 $$;

create type media_claim as (workspace_id uuid, id uuid, epoch int);

-- Claims files that are to be fetched; p_channels are those whose connection the worker holds. What nobody could fetch for a
-- day is claimed by anyone, who gives it up.
create function media_take(p_worker text, p_limit int, p_lease_ms int, p_channels uuid[]) returns setof media_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select m.workspace_id, m.id from media m
    where m.due_at <= clock_timestamp()
      and (not m.is_over_connection or m.channel_id = any (p_channels)
        or m.created_at < clock_timestamp() - interval '1 day')
    order by m.due_at
    limit p_limit
    for update skip locked
  )
  update media m
  set epoch = m.epoch + 1, leased_by = p_worker,
    due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due
  where m.workspace_id = due.workspace_id and m.id = due.id
  returning m.workspace_id, m.id, m.epoch
$$;

-- Claims files and loads what fetching them needs.
create function media_open(p_worker text, p_limit int, p_lease_ms int, p_channels uuid[]) returns setof json
language plpgsql as $$
declare
  v_claims media_claim[];
begin
  select array_agg(t) into v_claims from media_take(p_worker, p_limit, p_lease_ms, p_channels) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', m.workspace_id, 'id', m.id, 'epoch', t.epoch, 'channelId', m.channel_id, 'isOverConnection', m.is_over_connection,
      'conversationId', m.conversation_id, 'inboxEventId', m.inbox_event_id, 'source', m.source,
      'declaredType', m.declared_type, 'fileName', m.file_name, 'attempts', m.attempts,
      'ageMs', extract(epoch from clock_timestamp() - m.created_at) * 1000)
    from unnest(v_claims) t
    join media m on m.workspace_id = t.workspace_id and m.id = t.id;
end $$;

-- Keeps the leases of files whose fetch takes long. p: {w, id, e}. Returns the ids that are still ours.
create function media_renew(p_workspaces text, p_worker text, p_lease_ms int, p json) returns setof uuid
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  return query
    update media m set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from json_to_recordset(p) as b(w uuid, id uuid, e int)
    where m.workspace_id = b.w and m.id = b.id and m.epoch = b.e and m.leased_by = p_worker
    returning m.id;
end $$;

-- Records what became of a fetch, and tells the conversation when that is final.
-- p: {status, sha, size, type, name, reason, wait: ms}. False: the lease was lost, and nothing was written.
create function media_record(p_workspace uuid, p_worker text, p_id uuid, p_epoch int, p json) returns boolean
language plpgsql as $$
declare
  v media;
  v_seq int;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  perform 1 from conversation c
    where c.workspace_id = p_workspace
      and c.id = (select m.conversation_id from media m where m.workspace_id = p_workspace and m.id = p_id)
    for update;
  update media m set
    status = p->>'status', reason = p->>'reason', sha256 = p->>'sha', mime_type = p->>'type',
    size_bytes = (p->>'size')::int, file_name = coalesce(m.file_name, p->>'name'), attempts = m.attempts + 1, leased_by = null,
    stored_at = case when p->>'status' = 'stored' then clock_timestamp() end,
    due_at = case when p->>'status' = 'pending'
      then clock_timestamp() + make_interval(secs => (p->>'wait')::bigint / 1000.0) end
  where m.workspace_id = p_workspace and m.id = p_id and m.epoch = p_epoch and m.leased_by = p_worker
  returning m.* into v;
  if not found then return false; end if;
  if v.status <> 'pending' and v.message_id is not null then
    update conversation c set last_event_seq = c.last_event_seq + 1
    where c.workspace_id = p_workspace and c.id = v.conversation_id
    returning c.last_event_seq into v_seq;
    insert into event (workspace_id, conversation_id, seq, type, data)
      values (p_workspace, v.conversation_id, v_seq, 'message.updated', jsonb_build_object('message', v.message_id));
  end if;
  return true;
end $$;

-- As before, and: files that the messages of the commit name.
--   media {i, w, id, ch, c, m, e: inbox event, src: source, held: over the connection, type: declared, name}
create or replace function mailbox_commit(p_workspaces text, p_worker text, p json) returns json
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
        answered_seq = case when b.ans then c.last_message_seq + b.n else c.answered_seq end,
        bot_state = coalesce(b.st, c.bot_state),
        has_replies = c.has_replies or b.rep,
        owner = coalesce(b.own, c.owner),
        control_version = c.control_version + case when b.own is not null and b.own <> c.owner then 1 else 0 end,
        last_message_at = case when b.n > 0 then clock_timestamp() else c.last_message_at end
      from json_to_recordset(v_conversations)
        as b(i int, w uuid, id uuid, n int, ev int, ans boolean, st jsonb, rep boolean, own text)
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
      select b.w, b.id, b.c, b.bot, b.ver, b.f, v_last_message[b.i + 1] + b.nin, b.outcome, b.trace, b.t0, b.t1
      from json_to_recordset(v_turns) as b(i int, w uuid, id uuid, c uuid, bot uuid, ver int, f int, nin int,
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
      failures = case when b.retry is null then 0 else m.failures + 1 end,
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
    from json_to_recordset(v_mailboxes) as b(i int, id uuid, keep int, retry int, wait int, parts int, more boolean)
    where m.id = b.id and b.i = any (v_ok)
    returning b.i, m.due_at
    )
    select array_agg(i) filter (where due_at <= clock_timestamp()) into v_more from released;
  end if;

  return json_build_object(
    'ok', coalesce(v_ok, '{}'), 'more', coalesce(v_more, '{}'),
    'superseded', coalesce((select array_agg(i) from unnest(v_held) i where i <> all (coalesce(v_ok, '{}'))), '{}'),
    'fenced', coalesce((select array_agg(i) from unnest(v_all) i where i <> all (coalesce(v_held, '{}'))), '{}'));
end $$;

grant create on schema public to parley_dispatch;
alter function media_workspace(uuid) owner to parley_dispatch;
alter function media_take(text, int, int, uuid[]) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function media_workspace(uuid), media_take(text, int, int, uuid[]) from public;
grant execute on function media_workspace(uuid), media_take(text, int, int, uuid[]) to parley_app;
