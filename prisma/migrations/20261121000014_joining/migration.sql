-- A mailbox that waits for the other parts of a message is looked at as soon as something comes: only a lease, and the pause
-- after a failure, put a new event off. The rest is as before.

create or replace function inbox_accept(p_workspaces text, p_mailboxes json, p_events json)
returns table (ord int, id uuid)
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set join_collapse_limit = 1 set from_collapse_limit = 1
as $$
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
    set last_seq = m.last_seq + excluded.last_seq,
      due_at = case when m.due_at is null or (m.leased_by is null and m.failures = 0) then excluded.due_at else m.due_at end;

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
