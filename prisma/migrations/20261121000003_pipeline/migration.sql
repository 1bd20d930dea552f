-- The hot paths of the pipeline, one round trip and one commit each. Each names its workspaces first, so that row-level
-- security holds inside; `mailbox_take` and `delivery_take` alone look across workspaces, and see no content.
--
-- Locks are always taken in the same order, so that no two of these functions wait for each other:
-- mailboxes by (channel_id, key) → conversations by id → deliveries → pace by (workspace_id, key).

-- Inbox ------------------------------------------------------------------------------------------------------------

-- Stores a batch of events. p_mailboxes: {w, id, c, key, n} for each distinct mailbox, n = its events in this batch;
-- p_events: {ord, id, w, c, k, m, n, kind, event, raw, status, reason}, m = mailbox key or null.
-- Returns the events that were already there, with the id under which they are.
create function inbox_accept(p_workspaces text, p_mailboxes json, p_events json)
returns table (ord int, id uuid)
language plpgsql as $$
#variable_conflict use_column
declare
  v_known_ord int[];
  v_known_id uuid[];
  v_fresh bigint;
  v_added bigint;
begin
  perform set_config('parley.workspaces', p_workspaces, true);

  -- Holding the mailbox rows until the commit is what makes sequence numbers gap-free and visible in order.
  insert into mailbox as m (workspace_id, id, channel_id, key, last_seq, due_at)
    select b.w, b.id, b.c, b.key, b.n, clock_timestamp()
    from json_to_recordset(p_mailboxes) as b(w uuid, id uuid, c uuid, key text, n int)
    order by b.c, b.key
  on conflict (channel_id, key) do update
    set last_seq = m.last_seq + excluded.last_seq, due_at = coalesce(m.due_at, excluded.due_at);

  with e as materialized (
    select * from json_to_recordset(p_events) as e(
      ord int, id uuid, w uuid, c uuid, k text, m text, n int, kind text, event jsonb, raw text, status text, reason text)
  ), known as (
    select e.ord, i.id from e join inbox_event i on i.channel_id = e.c and i.event_key = e.k
  ), fresh as (
    select e.*, b.id as mailbox_id,
      b.last_seq - e.n + row_number() over (partition by b.id order by e.ord) as seq
    from e left join mailbox b on b.channel_id = e.c and b.key = e.m
    where e.ord not in (select known.ord from known)
  ), added as (
    insert into inbox_event (workspace_id, id, channel_id, event_key, mailbox_id, seq, kind, event, raw, status, reason, done_at)
      select w, f.id, c, k, mailbox_id, seq, kind, event, decode(raw, 'base64'), f.status, f.reason,
        case when f.status = 'pending' then null else clock_timestamp() end
      from fresh f
    on conflict (channel_id, event_key) do nothing
    returning 1
  )
  select (select array_agg(known.ord order by known.ord) from known),
    (select array_agg(known.id order by known.ord) from known),
    (select count(*) from fresh), (select count(*) from added)
  into v_known_ord, v_known_id, v_fresh, v_added;

  if v_added <> v_fresh then
    -- The same event came in under another mailbox in this very moment: begin again and find it.
    raise exception 'concurrent duplicate' using errcode = 'serialization_failure';
  end if;

  if v_known_ord is not null then
    update mailbox m set last_seq = m.last_seq - k.n
    from (
      select e.c, e.m, count(*)::int as n
      from json_to_recordset(p_events) as e(ord int, c uuid, m text)
      where e.ord = any (v_known_ord) and e.m is not null
      group by e.c, e.m
    ) k
    where m.channel_id = k.c and m.key = k.m;
    return query select unnest(v_known_ord), unnest(v_known_id);
  end if;
end $$;

-- Mailboxes --------------------------------------------------------------------------------------------------------

create type mailbox_claim as (workspace_id uuid, id uuid, channel_id uuid, key text, epoch int, failures int);

-- Claims mailboxes that are due, whatever their workspace: rings nobody's data, only whose turn it is.
create function mailbox_take(p_worker text, p_limit int, p_lease_ms int) returns setof mailbox_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select m.workspace_id, m.id from mailbox m
    where m.due_at <= clock_timestamp()
    order by m.due_at
    limit p_limit
    for update skip locked
  )
  update mailbox m
  set epoch = m.epoch + 1, leased_by = p_worker,
    due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due
  where m.workspace_id = due.workspace_id and m.id = due.id
  returning m.workspace_id, m.id, m.channel_id, m.key, m.epoch, m.failures
$$;

-- A conversation as a turn needs it: with its contact, and with what nobody has answered yet.
create function conversation_view(p_workspace uuid, p_channel uuid, p_thread text) returns json
language sql stable as $$
  select json_build_object(
    'id', c.id, 'contactId', c.contact_id, 'contactName', k.name, 'attributes', k.attributes,
    'addressKind', c.address_kind, 'addressValue', c.address_value,
    'owner', c.owner, 'controlVersion', c.control_version, 'botState', c.bot_state, 'hasReplies', c.has_replies,
    'lastMessageSeq', c.last_message_seq, 'answeredSeq', c.answered_seq,
    'unanswered', case when c.answered_seq < c.last_message_seq then (
      select json_agg(json_build_object('id', m.id, 'seq', m.seq, 'content', m.content,
        'at', coalesce(m.sent_at, m.recorded_at)) order by m.seq)
      from message m
      where m.conversation_id = c.id and m.direction = 'in' and m.seq > c.answered_seq
    ) end)
  from conversation c
  join contact k on k.workspace_id = c.workspace_id and k.id = c.contact_id
  where c.workspace_id = p_workspace and c.channel_id = p_channel and c.thread = p_thread
$$;

-- Claims due mailboxes and loads what their next step needs: up to 50 pending events each, and the conversation.
create function mailbox_open(p_worker text, p_limit int, p_lease_ms int) returns setof json
language plpgsql as $$
declare
  v_claims mailbox_claim[];
begin
  select array_agg(t) into v_claims from mailbox_take(p_worker, p_limit, p_lease_ms) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', t.workspace_id, 'id', t.id, 'channelId', t.channel_id, 'key', t.key, 'epoch', t.epoch,
      'failures', t.failures,
      'events', (
        select json_agg(json_build_object('id', e.id, 'event', e.event, 'attempts', e.attempts, 'messageId', e.message_id)
          order by e.seq)
        from (
          select i.id, i.event, i.attempts, i.message_id, i.seq from inbox_event i
          where i.mailbox_id = t.id and i.status = 'pending' order by i.seq limit 50
        ) e),
      'conversation', case when t.key like 't:%' then conversation_view(t.workspace_id, t.channel_id, substr(t.key, 3)) end)
    from unnest(v_claims) t;
end $$;

-- Makes sure that contacts, identities and conversations exist; p: {i, w, ch, thread, c, k, d, kind, value, name}, where
-- c, k, d are ids for a new conversation, contact and identity. Returns {i, conversation} for each.
create function conversation_open(p_workspaces text, p json) returns setof json
language plpgsql as $$
declare
  v_new uuid[];
begin
  perform set_config('parley.workspaces', p_workspaces, true);

  with wanted as (
    select distinct on (n.w, n.kind, n.value) n.w, n.k, n.name
    from json_to_recordset(p) as n(i int, w uuid, k uuid, kind text, value text, name text)
    where not exists (
      select from identity x where x.workspace_id = n.w and x.kind = n.kind and x.value = n.value)
    order by n.w, n.kind, n.value, n.i
  ), added as (
    insert into contact (workspace_id, id, name) select w, k, name from wanted returning id
  )
  select array_agg(id) into v_new from added;

  if v_new is not null then
    insert into identity (workspace_id, id, contact_id, kind, value)
      select n.w, n.d, n.k, n.kind, n.value
      from json_to_recordset(p) as n(w uuid, k uuid, d uuid, kind text, value text)
      where n.k = any (v_new)
      order by n.w, n.kind, n.value
    on conflict (workspace_id, kind, value) do nothing;

    -- Someone else met the same address first: theirs is the contact, ours was never seen.
    delete from contact c
    where c.id = any (v_new) and not exists (
      select from identity i where i.workspace_id = c.workspace_id and i.contact_id = c.id);
  end if;

  with added as (
    insert into conversation (workspace_id, id, channel_id, contact_id, thread, address_kind, address_value, last_event_seq)
      select n.w, n.c, n.ch, i.contact_id, n.thread, n.kind, n.value, 1
      from json_to_recordset(p) as n(w uuid, ch uuid, thread text, c uuid, kind text, value text)
      join identity i on i.workspace_id = n.w and i.kind = n.kind and i.value = n.value
      order by n.ch, n.thread
    on conflict (channel_id, thread) do nothing
    returning workspace_id, id
  )
  insert into event (workspace_id, conversation_id, seq, type, data)
    select workspace_id, id, 1, 'conversation.created', '{}' from added;

  return query
    select json_build_object('i', n.i, 'conversation', conversation_view(n.w, n.ch, n.thread))
    from json_to_recordset(p) as n(i int, w uuid, ch uuid, thread text);
end $$;

-- Queues the first waiting delivery of each conversation that has no other one open.
create function delivery_next(p_conversations uuid[]) returns int
language plpgsql as $$
declare
  v_count int;
begin
  with head as (
    select distinct on (d.conversation_id) d.workspace_id, d.id, d.status, d.due_at
    from delivery d
    where d.conversation_id = any (p_conversations) and d.status in ('queued', 'sending')
    order by d.conversation_id, d.seq, d.part
  )
  update delivery d set due_at = clock_timestamp()
  from head
  where d.workspace_id = head.workspace_id and d.id = head.id and head.status = 'queued' and head.due_at is null;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Keeps the leases of mailboxes whose turn takes long. p: {id, e}. Returns the ids that are still ours.
create function mailbox_renew(p_workspaces text, p_worker text, p_lease_ms int, p json) returns setof uuid
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  perform 1 from mailbox x where x.id in (select b.id from json_to_recordset(p) as b(id uuid))
    order by x.channel_id, x.key for update;
  return query
    update mailbox m set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from json_to_recordset(p) as b(id uuid, e int)
    where m.id = b.id and m.epoch = b.e and m.leased_by = p_worker
    returning m.id;
end $$;

-- Keeps the leases of deliveries whose call takes long. p: {w, id, e}. Returns the ids that are still ours.
create function delivery_renew(p_workspaces text, p_worker text, p_lease_ms int, p json) returns setof uuid
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  return query
    update delivery d set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from json_to_recordset(p) as b(w uuid, id uuid, e int)
    where d.workspace_id = b.w and d.id = b.id and d.epoch = b.e and d.leased_by = p_worker and d.status = 'sending'
    returning d.id;
end $$;

-- Receipts ---------------------------------------------------------------------------------------------------------

-- Makes the status of messages what their deliveries say, and logs each change. The caller holds the conversations.
create function message_refresh(p_messages uuid[]) returns void
language sql as $$
  with said as (
    select d.workspace_id, d.message_id, case
        when bool_or(d.status in ('queued', 'sending')) then 'queued'
        when bool_or(d.status in ('failed', 'dead')) then 'failed'
        when bool_or(d.status = 'expired') then 'expired'
        when bool_or(d.status = 'unknown') then 'unknown'
        when bool_and(d.status = 'read') then 'read'
        when bool_and(d.status in ('delivered', 'read')) then 'delivered'
        else 'sent'
      end as status,
      (array_agg(d.error order by d.part) filter (where d.error is not null))[1] as error
    from delivery d where d.message_id = any (p_messages)
    group by d.workspace_id, d.message_id
  ), changed as (
    update message m set status = said.status, error = said.error
    from said
    where m.workspace_id = said.workspace_id and m.id = said.message_id and m.status <> said.status
    returning m.workspace_id, m.conversation_id, m.id, m.seq, m.status
  ), counted as (
    update conversation c set last_event_seq = c.last_event_seq + k.n
    from (select workspace_id, conversation_id, count(*)::int as n from changed group by 1, 2) k
    where c.workspace_id = k.workspace_id and c.id = k.conversation_id
    returning c.id, c.last_event_seq - k.n as base
  )
  insert into event (workspace_id, conversation_id, seq, type, data)
    select x.workspace_id, x.conversation_id, k.base + row_number() over (partition by x.conversation_id order by x.seq),
      'message.status', jsonb_build_object('message', x.id, 'status', x.status)
    from changed x join counted k on k.id = x.conversation_id
$$;

create function delivery_rank(p_status text) returns int language sql immutable parallel safe as $$
  select case p_status when 'unknown' then 0 when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 else 9 end
$$;

-- Applies what providers said of our sends; a receipt that came too early waits for its send.
--   mailboxes {i, id, e} · done {i, w, id} · receipts {i, w, id, ch, ref, status, error}
-- Returns {ok, fenced, conversations: those that changed}.
create function receipt_commit(p_workspaces text, p_worker text, p json) returns json
language plpgsql as $$
declare
  v_all int[];
  v_ok int[];
  v_conversations uuid[];
  v_messages uuid[];
begin
  perform set_config('parley.workspaces', p_workspaces, true);

  select array_agg(b.i), array_agg(b.i) filter (where m.epoch = b.e and m.leased_by = p_worker)
  into v_all, v_ok
  from json_to_recordset(p->'mailboxes') as b(i int, id uuid, e int)
  left join (
    select x.id, x.epoch, x.leased_by from mailbox x
    where x.id in (select b.id from json_to_recordset(p->'mailboxes') as b(id uuid))
    order by x.channel_id, x.key
    for update
  ) m on m.id = b.id;

  if v_ok is not null then
    select array_agg(distinct d.conversation_id) into v_conversations
    from json_to_recordset(p->'receipts') as b(i int, w uuid, ch uuid, ref text)
    join delivery d on d.channel_id = b.ch and d.provider_ref = b.ref
    where b.i = any (v_ok);
    perform 1 from conversation c where c.id = any (v_conversations) order by c.id for update;

    -- Receipts of one send are looked at together: the furthest counts, whatever order they came in.
    with best as (
      select distinct on (b.w, b.ch, b.ref) b.w, b.ch, b.ref, b.status, b.error
      from json_to_recordset(p->'receipts') as b(i int, w uuid, ch uuid, ref text, status text, error jsonb)
      where b.i = any (v_ok)
      order by b.w, b.ch, b.ref, delivery_rank(b.status) desc
    ), moved as (
      update delivery d set status = best.status, error = coalesce(best.error, d.error)
      from best
      where d.channel_id = best.ch and d.provider_ref = best.ref and d.workspace_id = best.w
        and d.status in ('unknown', 'sent', 'delivered', 'read')
        and (delivery_rank(best.status) > delivery_rank(d.status))
        and not (best.status = 'failed' and d.status = 'read')
      returning d.message_id
    )
    select array_agg(distinct message_id) into v_messages from moved;

    insert into early_receipt (workspace_id, id, channel_id, provider_ref, status, error)
      select b.w, b.id, b.ch, b.ref, b.status, b.error
      from json_to_recordset(p->'receipts') as b(i int, w uuid, id uuid, ch uuid, ref text, status text, error jsonb)
      where b.i = any (v_ok)
        and not exists (select from delivery d where d.channel_id = b.ch and d.provider_ref = b.ref);

    if v_messages is not null then perform message_refresh(v_messages); end if;

    update inbox_event e set status = 'done', done_at = clock_timestamp()
    from json_to_recordset(p->'done') as b(i int, w uuid, id uuid)
    where e.workspace_id = b.w and e.id = b.id and b.i = any (v_ok);

    update mailbox m set leased_by = null, failures = 0,
      due_at = case when exists (select from inbox_event e where e.mailbox_id = m.id and e.status = 'pending')
        then clock_timestamp() end
    from json_to_recordset(p->'mailboxes') as b(i int, id uuid)
    where m.id = b.id and b.i = any (v_ok);
  end if;

  return json_build_object('ok', coalesce(v_ok, '{}'),
    'fenced', coalesce((select array_agg(i) from unnest(v_all) i where i <> all (coalesce(v_ok, '{}'))), '{}'),
    'conversations', coalesce(v_conversations, '{}'));
end $$;

-- Deliveries -------------------------------------------------------------------------------------------------------

create type delivery_claim as (workspace_id uuid, id uuid, epoch int, lapsed boolean);
create type delivery_due_row as (ord bigint, workspace_id uuid, id uuid, account text, destination text, status text);

-- Claims deliveries that are due, as far as their account and destination may be called now; the others are put off to
-- the moment when they may.
create function delivery_take(p_worker text, p_limit int, p_lease_ms int) returns setof delivery_claim
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_now timestamptz := clock_timestamp();
  v_due delivery_due_row[];
  v_go uuid[];
begin
  select array_agg(row(d.ord, d.workspace_id, d.id, d.account, d.destination, d.status)::delivery_due_row) into v_due
  from (
    select row_number() over () as ord, x.* from (
      select d.workspace_id, d.id, d.account, d.destination, d.status from delivery d
      where d.due_at <= v_now
      order by d.due_at
      limit p_limit
      for update skip locked
    ) x
  ) d;
  if v_due is null then return; end if;

  if not exists (
    select from unnest(v_due) d join pace a on a.workspace_id = d.workspace_id and a.key = 'account:' || d.account
  ) then
    v_go := (select array_agg(d.id) from unnest(v_due) d);
  else
    insert into pace (workspace_id, key, interval_us, burst)
      select distinct a.workspace_id, 'destination:' || d.account || ':' || d.destination, a.destination_us, a.destination_burst
      from unnest(v_due) d
      join pace a on a.workspace_id = d.workspace_id and a.key = 'account:' || d.account
      where a.destination_us is not null
      order by 1, 2
    on conflict (workspace_id, key) do nothing;

    perform 1 from pace x
    where (x.workspace_id, x.key) in (
      select d.workspace_id, 'account:' || d.account from unnest(v_due) d
      union
      select d.workspace_id, 'destination:' || d.account || ':' || d.destination from unnest(v_due) d)
    order by x.workspace_id, x.key
    for update;

    -- Generic cell rate algorithm over the batch: the k-th call of a key may go at next_at + (k - 1 - (burst - 1)) intervals.
    with asked as (
      select d.*,
        row_number() over (partition by d.workspace_id, d.account order by d.ord) as ka,
        row_number() over (partition by d.workspace_id, d.account, d.destination order by d.ord) as kd
      from unnest(v_due) d
    ), timed as (
      select q.*, a.key as account_key, t.key as destination_key, greatest(
        coalesce(a.paused_until, v_now), coalesce(t.paused_until, v_now),
        case when a.interval_us is null then v_now else greatest(a.next_at, v_now)
          + make_interval(secs => (q.ka - a.burst) * a.interval_us / 1e6) end,
        case when t.interval_us is null then v_now else greatest(t.next_at, v_now)
          + make_interval(secs => (q.kd - t.burst) * t.interval_us / 1e6) end) as may_at
      from asked q
      left join pace a on a.workspace_id = q.workspace_id and a.key = 'account:' || q.account
      left join pace t on t.workspace_id = q.workspace_id and t.key = 'destination:' || q.account || ':' || q.destination
    ), spent as (
      update pace x set next_at = greatest(x.next_at, v_now) + make_interval(secs => s.n * x.interval_us / 1e6)
      from (
        select workspace_id, account_key as key, count(*) as n from timed where may_at <= v_now and account_key is not null group by 1, 2
        union all
        select workspace_id, destination_key, count(*) from timed where may_at <= v_now and destination_key is not null group by 1, 2
      ) s
      where x.workspace_id = s.workspace_id and x.key = s.key and x.interval_us is not null
      returning 1
    ), put_off as (
      update delivery d set due_at = timed.may_at
      from timed
      where d.workspace_id = timed.workspace_id and d.id = timed.id and timed.may_at > v_now
      returning 1
    )
    select array_agg(timed.id) filter (where timed.may_at <= v_now) into v_go from timed;
  end if;

  return query
    update delivery d
    set status = 'sending', epoch = d.epoch + 1, leased_by = p_worker,
      due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from unnest(v_due) x
    where d.workspace_id = x.workspace_id and d.id = x.id and x.id = any (v_go)
    returning d.workspace_id, d.id, d.epoch, x.status = 'sending';
end $$;

-- When the next delivery is due, in milliseconds from now; null when none waits for a time.
create function delivery_wait_ms() returns double precision
language sql security definer set search_path = public, pg_temp as $$
  select extract(epoch from (select min(d.due_at) from delivery d where d.due_at > clock_timestamp()) - clock_timestamp()) * 1000
$$;

-- Claims due deliveries and loads what sending them needs.
create function delivery_open(p_worker text, p_limit int, p_lease_ms int) returns setof json
language plpgsql as $$
declare
  v_claims delivery_claim[];
begin
  select array_agg(t) into v_claims from delivery_take(p_worker, p_limit, p_lease_ms) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', d.workspace_id, 'id', d.id, 'epoch', t.epoch, 'lapsed', t.lapsed, 'channelId', d.channel_id,
      'conversationId', d.conversation_id, 'messageId', d.message_id, 'body', d.body, 'class', d.class,
      'attempts', d.attempts, 'account', d.account, 'error', d.error, 'expired', d.expires_at <= clock_timestamp(),
      'thread', c.thread, 'addressKind', c.address_kind, 'addressValue', c.address_value)
    from unnest(v_claims) t
    join delivery d on d.workspace_id = t.workspace_id and d.id = t.id
    join conversation c on c.workspace_id = d.workspace_id and c.id = d.conversation_id;
end $$;

-- Records what became of claimed deliveries, in one commit; those whose lease was lost are left as they are.
--   outcomes {w, id, e: epoch, c, status, ref, error, wait: ms until the next attempt, burn: attempts spent, entry: log line}
--   pauses   {w, key, ms}
-- Returns {ok: ids recorded, next: conversations whose next delivery is due}.
create function delivery_record(p_workspaces text, p_worker text, p json) returns json
language plpgsql as $$
declare
  v_ids uuid[];
  v_messages uuid[];
  v_final uuid[];
  v_sent uuid[];
  v_next int := 0;
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  perform 1 from conversation c
    where c.id in (select b.c from json_to_recordset(p->'outcomes') as b(c uuid))
    order by c.id for update;

  with recorded as (
    update delivery d set
      status = b.status, leased_by = null, provider_ref = coalesce(b.ref, d.provider_ref), error = b.error,
      attempts = d.attempts + b.burn, log = d.log || b.entry,
      sent_at = case when b.status in ('sent', 'delivered', 'read') then clock_timestamp() else d.sent_at end,
      due_at = case when b.status = 'queued' then clock_timestamp() + make_interval(secs => b.wait / 1000.0) end
    from json_to_recordset(p->'outcomes') as b(w uuid, id uuid, e int, status text, ref text, error jsonb, wait bigint,
      burn int, entry jsonb)
    where d.workspace_id = b.w and d.id = b.id and d.epoch = b.e and d.leased_by = p_worker and d.status = 'sending'
    returning d.id, d.message_id, d.conversation_id, d.status, d.provider_ref
  )
  select array_agg(r.id), array_agg(distinct r.message_id),
    array_agg(distinct r.conversation_id) filter (where r.status <> 'queued'),
    array_agg(r.id) filter (where r.provider_ref is not null)
  into v_ids, v_messages, v_final, v_sent
  from recorded r;

  if v_sent is not null and exists (
    select from delivery d join early_receipt x on x.channel_id = d.channel_id and x.provider_ref = d.provider_ref
    where d.id = any (v_sent)
  ) then
    with early as (
      delete from early_receipt x using delivery d
      where d.id = any (v_sent) and x.channel_id = d.channel_id and x.provider_ref = d.provider_ref
      returning d.workspace_id, d.id, x.status, x.error
    ), best as (
      select distinct on (id) * from early order by id, delivery_rank(status) desc
    )
    update delivery d set status = best.status, error = coalesce(best.error, d.error)
    from best
    where d.workspace_id = best.workspace_id and d.id = best.id and delivery_rank(best.status) > delivery_rank(d.status);
  end if;

  if v_final is not null then
    v_next := delivery_next(v_final);
    perform message_refresh(v_messages);
  end if;

  if json_array_length(p->'pauses') > 0 then
    insert into pace as x (workspace_id, key, paused_until)
      select b.w, b.key, clock_timestamp() + make_interval(secs => max(b.ms) / 1000.0)
      from json_to_recordset(p->'pauses') as b(w uuid, key text, ms bigint)
      group by b.w, b.key order by b.w, b.key
    on conflict (workspace_id, key) do update set paused_until = greatest(x.paused_until, excluded.paused_until);
  end if;

  return json_build_object('ok', coalesce(v_ids, '{}'), 'next', v_next);
end $$;

-- Ownership of the functions that look across workspaces -----------------------------------------------------------

grant create on schema public to parley_dispatch;
alter function mailbox_take(text, int, int) owner to parley_dispatch;
alter function delivery_take(text, int, int) owner to parley_dispatch;
alter function delivery_wait_ms() owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function mailbox_take(text, int, int), delivery_take(text, int, int), delivery_wait_ms() from public;
grant execute on function mailbox_take(text, int, int), delivery_take(text, int, int), delivery_wait_ms() to parley_app;
