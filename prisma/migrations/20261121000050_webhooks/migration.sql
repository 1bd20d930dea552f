-- Outgoing webhooks: who wants to hear of what, and every telling of it. A delivery is written by the commit that writes the
-- event, so that no event is missed and none is told that was not committed; workers send by leases with epochs.

create table webhook_endpoint (
  workspace_id uuid not null,
  id uuid not null unique,
  url text not null,
  description text not null default '',
  -- Types of events; empty: all.
  types text[] not null default '{}',
  -- Only events of conversations on these channels; empty: all events.
  channel_ids uuid[] not null default '{}',
  -- What comes along with an event: contact, transcript, metadata.
  include text[] not null default '{}',
  -- Sealed.
  secret text not null,
  -- Sealed; signs too until previous_until.
  previous_secret text,
  previous_until timestamptz(3),
  -- The write that rotated last: repeated, it rotates nothing.
  rotated_by uuid,
  state text not null default 'enabled',
  disabled_reason text,
  disabled_at timestamptz(3),
  -- Since when nothing was taken; null when the last attempt was.
  failing_since timestamptz(3),
  -- Nothing is sent before, as the receiver asked.
  paused_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);
alter table webhook_endpoint add constraint webhook_endpoint_state check (state in ('enabled', 'disabled'));

create table webhook_delivery (
  workspace_id uuid not null,
  -- Also the webhook-id, the same at every attempt and replay.
  id uuid not null unique,
  endpoint_id uuid not null,
  -- The event in the log; null for events of no conversation, which stand in data.
  conversation_id uuid,
  event_seq int,
  type text not null,
  data jsonb,
  occurred_at timestamptz(3) not null,
  status text not null default 'pending',
  -- As it was sent, from the first attempt on.
  body text,
  -- Attempts of this round; a replay begins a new one.
  attempts int not null default 0,
  -- One entry per attempt, the newest last.
  log jsonb not null default '[]',
  epoch int not null default 0,
  leased_by text,
  -- When someone must look: the next attempt, or the end of the lease; null when all is done.
  due_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  done_at timestamptz(3),
  primary key (workspace_id, id),
  unique (endpoint_id, conversation_id, event_seq),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, endpoint_id) references webhook_endpoint (workspace_id, id) on update cascade on delete cascade,
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
alter table webhook_delivery add constraint webhook_delivery_status check (status in ('pending', 'delivered', 'failed'));
alter table webhook_delivery set (fillfactor = 80);
create index webhook_delivery_due on webhook_delivery (endpoint_id, due_at) where due_at is not null;
create index webhook_delivery_leased on webhook_delivery (endpoint_id) where leased_by is not null;
create index webhook_delivery_old on webhook_delivery (created_at) where due_at is null;
-- Erasing a conversation finds what was told of it.
create index webhook_delivery_workspace_id_conversation_id_idx on webhook_delivery (workspace_id, conversation_id);
-- The log grows in the order of time: this finds "since" for next to nothing per event.
create index event_occurred_at_idx on event using brin (occurred_at);

do $$
declare
  name text;
begin
  foreach name in array array['webhook_endpoint', 'webhook_delivery'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- The dispatcher sees whose turn it is, never where to or what.
grant select (workspace_id, id, state, failing_since, paused_until) on webhook_endpoint to parley_dispatch;
grant select (workspace_id, id, endpoint_id, epoch, leased_by, due_at, created_at) on webhook_delivery to parley_dispatch;
grant update (epoch, leased_by, due_at) on webhook_delivery to parley_dispatch;
grant delete on webhook_delivery to parley_dispatch;
create policy dispatch on webhook_endpoint for select to parley_dispatch using (true);
create policy dispatch on webhook_delivery to parley_dispatch using (true) with check (true);

-- A version 7 UUID: ids sort by the time they were made. See RFC 9562 §5.7.
create function parley_uuid7() returns uuid
language sql volatile parallel safe as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- New lines of the event log become deliveries of those who want them, in the same commit.
create function webhook_tell_events() returns trigger
language plpgsql as $$
begin
  if not exists (select from webhook_endpoint w where w.state = 'enabled') then return null; end if;
  insert into webhook_delivery (workspace_id, id, endpoint_id, conversation_id, event_seq, type, occurred_at, due_at)
    select a.workspace_id, parley_uuid7(), w.id, a.conversation_id, a.seq, a.type, a.occurred_at, clock_timestamp()
    from added a
    join webhook_endpoint w on w.workspace_id = a.workspace_id and w.state = 'enabled'
      and (w.types = '{}' or a.type = any (w.types))
      and (w.channel_ids = '{}' or exists (
        select from conversation c where c.workspace_id = a.workspace_id and c.id = a.conversation_id
          and c.channel_id = any (w.channel_ids)))
    order by a.conversation_id, a.seq
  on conflict (endpoint_id, conversation_id, event_seq) do nothing;
  return null;
end $$;
create trigger event_told after insert on event
  referencing new table as added for each statement execute function webhook_tell_events();

-- Tells of something that is no conversation's: to every endpoint that wants it, but one.
create function webhook_tell(p_workspace uuid, p_type text, p_channel uuid, p_data jsonb, p_but uuid) returns void
language sql as $$
  insert into webhook_delivery (workspace_id, id, endpoint_id, type, data, occurred_at, due_at)
    select w.workspace_id, parley_uuid7(), w.id, p_type, p_data, clock_timestamp(), clock_timestamp()
    from webhook_endpoint w
    where w.workspace_id = p_workspace and w.state = 'enabled' and w.id is distinct from p_but
      and (w.types = '{}' or p_type = any (w.types))
      and (w.channel_ids = '{}' or p_channel = any (w.channel_ids))
$$;

create function webhook_tell_health() returns trigger
language plpgsql as $$
begin
  perform webhook_tell(new.workspace_id, 'channel.health_changed', new.id, jsonb_build_object(
    'channel', new.id, 'state', new.health_state, 'before', old.health_state, 'reason', new.health_reason), null);
  return null;
end $$;
create trigger channel_health_told after update of health_state on channel
  for each row when (old.health_state is distinct from new.health_state) execute function webhook_tell_health();

create type webhook_claim as (workspace_id uuid, id uuid, epoch int);

-- Claims deliveries that are due. At most p_each of one endpoint are under way at once, whoever sends them, and one alone
-- while it fails: a receiver that is down or slow takes no room from the others.
create function webhook_take(p_worker text, p_limit int, p_each int, p_lease_ms int) returns setof webhook_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select d.workspace_id, d.id
    from (
      select e.id, e.failing_since from webhook_endpoint e
      where e.state = 'enabled' and (e.paused_until is null or e.paused_until <= clock_timestamp())
        and exists (select from webhook_delivery o where o.endpoint_id = e.id and o.due_at <= clock_timestamp())
      order by random()
    ) w
    cross join lateral (
      select x.workspace_id, x.id from webhook_delivery x
      where x.endpoint_id = w.id and x.due_at <= clock_timestamp()
      order by x.due_at
      limit greatest(0, case when w.failing_since is null then p_each else 1 end - (
        select count(*) from webhook_delivery y
        where y.endpoint_id = w.id and y.leased_by is not null and y.due_at > clock_timestamp()))
      for update skip locked
    ) d
    limit p_limit
  )
  update webhook_delivery d
  set epoch = d.epoch + 1, leased_by = p_worker,
    due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due
  where d.workspace_id = due.workspace_id and d.id = due.id
  returning d.workspace_id, d.id, d.epoch
$$;

-- Claims deliveries and loads what sending them needs.
create function webhook_open(p_worker text, p_limit int, p_each int, p_lease_ms int) returns setof json
language plpgsql as $$
declare
  v_claims webhook_claim[];
begin
  select array_agg(t) into v_claims from webhook_take(p_worker, p_limit, p_each, p_lease_ms) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', d.workspace_id, 'id', d.id, 'epoch', t.epoch, 'endpointId', d.endpoint_id,
      'conversationId', d.conversation_id, 'seq', d.event_seq, 'type', d.type, 'data', d.data,
      'occurredAt', d.occurred_at, 'body', d.body, 'attempts', d.attempts,
      'url', w.url, 'include', w.include, 'secret', w.secret,
      'previousSecret', case when w.previous_until > clock_timestamp() then w.previous_secret end)
    from unnest(v_claims) t
    join webhook_delivery d on d.workspace_id = t.workspace_id and d.id = t.id
    join webhook_endpoint w on w.workspace_id = d.workspace_id and w.id = d.endpoint_id;
end $$;

-- Keeps the leases of deliveries whose receiver takes long. p: {w, id, e}. Returns the ids that are still ours.
create function webhook_renew(p_workspaces text, p_worker text, p_lease_ms int, p json) returns setof uuid
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  return query
    update webhook_delivery d set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from json_to_recordset(p) as b(w uuid, id uuid, e int)
    where d.workspace_id = b.w and d.id = b.id and d.epoch = b.e and d.leased_by = p_worker
    returning d.id;
end $$;

-- Records what became of an attempt. p: {status, body, entry, wait: ms until the next attempt, pause: ms of the endpoint}.
-- An attempt that was given up has no entry and does not count.
-- Returns for how long the endpoint has failed, in ms (0: it does not); null: the lease was lost, and nothing was written.
create function webhook_record(p_workspace uuid, p_worker text, p_id uuid, p_epoch int, p json) returns bigint
language plpgsql as $$
declare
  v_endpoint uuid;
  v_since timestamptz;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  -- Everybody who needs both takes the endpoint first, then its deliveries.
  perform 1 from webhook_endpoint w
    where w.workspace_id = p_workspace
      and w.id = (select d.endpoint_id from webhook_delivery d where d.workspace_id = p_workspace and d.id = p_id)
    for no key update;
  update webhook_delivery d set
    status = p->>'status', body = coalesce(d.body, p->>'body'), leased_by = null,
    attempts = d.attempts + case when p->'entry' is null then 0 else 1 end,
    -- The newest twenty: a delivery that is replayed again and again does not grow.
    log = case when p->'entry' is null then d.log
      when jsonb_array_length(d.log) < 20 then d.log || jsonb_build_array((p->'entry')::jsonb)
      else (d.log - 0) || jsonb_build_array((p->'entry')::jsonb) end,
    due_at = case when p->>'status' = 'pending'
      then clock_timestamp() + make_interval(secs => (p->>'wait')::bigint / 1000.0) end,
    done_at = case when p->>'status' <> 'pending' then clock_timestamp() end
  where d.workspace_id = p_workspace and d.id = p_id and d.epoch = p_epoch and d.leased_by = p_worker
  returning d.endpoint_id into v_endpoint;
  if not found then return null; end if;
  if p->'entry' is null then return 0; end if;
  if p->>'status' = 'delivered' then
    update webhook_endpoint w set failing_since = null, paused_until = null
    where w.workspace_id = p_workspace and w.id = v_endpoint
      and (w.failing_since is not null or w.paused_until is not null);
    return 0;
  end if;
  update webhook_endpoint w set
    failing_since = coalesce(w.failing_since, clock_timestamp()),
    paused_until = case when p->>'pause' is null then w.paused_until
      else greatest(w.paused_until, clock_timestamp() + make_interval(secs => (p->>'pause')::bigint / 1000.0)) end
  where w.workspace_id = p_workspace and w.id = v_endpoint
  returning w.failing_since into v_since;
  return extract(epoch from clock_timestamp() - v_since) * 1000;
end $$;

-- Queues events of the log again, and those that were never told: [p_since, p_until), the oldest 10 000. Without p_all only
-- what was not delivered. p_dry: counts and changes nothing.
-- Returns {count, next: where to go on, null when that was all}.
create function webhook_recover(p_workspace uuid, p_endpoint uuid, p_since timestamptz, p_until timestamptz, p_all boolean,
  p_dry boolean) returns json
language sql as $$
  with seen as materialized (
    select x.* from (
      select e.conversation_id, e.seq, e.type, e.occurred_at, d.id, d.status
      from event e
      join webhook_endpoint w on w.workspace_id = e.workspace_id and w.id = p_endpoint
      join conversation c on c.workspace_id = e.workspace_id and c.id = e.conversation_id
      left join webhook_delivery d on d.endpoint_id = p_endpoint and d.conversation_id = e.conversation_id and d.event_seq = e.seq
      where e.workspace_id = p_workspace and e.occurred_at >= p_since and e.occurred_at < p_until
        and (w.types = '{}' or e.type = any (w.types)) and (w.channel_ids = '{}' or c.channel_id = any (w.channel_ids))
      union all
      select d.conversation_id, d.event_seq, d.type, d.occurred_at, d.id, d.status
      from webhook_delivery d
      where d.workspace_id = p_workspace and d.endpoint_id = p_endpoint and d.conversation_id is null
        and d.occurred_at >= p_since and d.occurred_at < p_until
    ) x
    order by x.occurred_at, x.conversation_id, x.seq limit 10000
  ),
  wanted as materialized (
    select * from seen s where p_all or s.status is null or s.status = 'failed'
  ),
  again as (
    update webhook_delivery d set status = 'pending', attempts = 0, epoch = d.epoch + 1, leased_by = null, done_at = null,
      due_at = clock_timestamp()
    from wanted w where not p_dry and d.workspace_id = p_workspace and d.id = w.id
  ),
  fresh as (
    insert into webhook_delivery (workspace_id, id, endpoint_id, conversation_id, event_seq, type, occurred_at, due_at)
      select p_workspace, parley_uuid7(), p_endpoint, w.conversation_id, w.seq, w.type, w.occurred_at, clock_timestamp()
      from wanted w where not p_dry and w.id is null
    on conflict (endpoint_id, conversation_id, event_seq) do nothing
  )
  select json_build_object('count', (select count(*) from wanted),
    'next', (select case when count(*) = 10000 then max(s.occurred_at) end from seen s))
$$;

-- Forgets deliveries that ended before p_before, the oldest p_limit. Returns how many.
create function webhook_forget(p_before timestamptz, p_limit int) returns int
language sql security definer set search_path = public, pg_temp as $$
  with gone as (
    delete from webhook_delivery d where d.id in (
      select x.id from webhook_delivery x where x.due_at is null and x.created_at < p_before
      order by x.created_at limit p_limit)
    returning 1)
  select count(*)::int from gone
$$;

grant create on schema public to parley_dispatch;
alter function webhook_take(text, int, int, int) owner to parley_dispatch;
alter function webhook_forget(timestamptz, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function webhook_take(text, int, int, int), webhook_forget(timestamptz, int) from public;
grant execute on function webhook_take(text, int, int, int), webhook_forget(timestamptz, int) to parley_app;
