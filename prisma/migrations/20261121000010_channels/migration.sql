-- What channels need beyond calls: connections that one worker holds open, files, and whether a person wants messages at all.

-- Connections ------------------------------------------------------------------------------------------------------

create table channel_connection (
  workspace_id uuid not null,
  channel_id uuid not null unique,
  -- The version of the channel that was opened, or found to need no connection.
  channel_version int not null default 0,
  is_used boolean not null default true,
  owner text,
  epoch int not null default 0,
  -- The end of the owner's lease, or when the next opening may be tried.
  due_at timestamptz(3) not null default now(),
  failures int not null default 0,
  state text not null default 'connecting',
  reason text not null default 'It was not opened yet.',
  since timestamptz(3) not null default now(),
  -- What a person needs for the next step, sealed.
  set_up text,
  primary key (workspace_id, channel_id),
  foreign key (workspace_id, channel_id) references channel (workspace_id, id) on update cascade on delete cascade
);
alter table channel_connection add constraint channel_connection_state
  check (state in ('connecting', 'needs-person', 'open', 'degraded', 'down', 'closed'));

-- What a connector remembers between connections and looks: the last UID of a mailbox, until when gaps are filled.
create table channel_memory (
  workspace_id uuid not null,
  channel_id uuid not null,
  name text not null,
  value jsonb not null,
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, channel_id, name),
  foreign key (workspace_id, channel_id) references channel (workspace_id, id) on update cascade on delete cascade
);

-- Consent ----------------------------------------------------------------------------------------------------------

-- Whether a person takes messages from a channel; no row: nobody said otherwise.
create table consent (
  workspace_id uuid not null,
  channel_id uuid not null,
  address_kind text not null,
  address_value text not null,
  state text not null,
  changed_at timestamptz(3) not null default now(),
  primary key (workspace_id, channel_id, address_kind, address_value),
  foreign key (workspace_id, channel_id) references channel (workspace_id, id) on update cascade on delete cascade
);
alter table consent add constraint consent_state check (state in ('opted-in', 'opted-out'));

-- Rows of workspaces stay in them ----------------------------------------------------------------------------------

do $$
declare
  name text;
begin
  foreach name in array array['channel_connection', 'channel_memory', 'consent'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- The dispatcher sees whose connection is due, never what it shows.
grant select (connector, state, version) on channel to parley_dispatch;
grant select (workspace_id, channel_id, channel_version, is_used, owner, epoch, due_at), insert, update (owner, epoch, due_at)
  on channel_connection to parley_dispatch;
create policy dispatch on channel_connection to parley_dispatch using (true) with check (true);

-- Claims connections of active channels that nobody holds; p_connectors are those that can have one. A channel that was
-- found to need none is looked at again when it changes.
create function connection_take(p_worker text, p_connectors text[], p_limit int, p_lease_ms int)
returns table (workspace_id uuid, channel_id uuid, epoch int)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  insert into channel_connection (workspace_id, channel_id)
    select c.workspace_id, c.id from channel c
    where c.connector = any (p_connectors) and c.state = 'active'
      and not exists (select from channel_connection x where x.channel_id = c.id)
  on conflict do nothing;

  return query
    with due as (
      select x.workspace_id, x.channel_id from channel_connection x
      join channel c on c.workspace_id = x.workspace_id and c.id = x.channel_id
      where x.due_at <= clock_timestamp() and c.state = 'active' and (x.is_used or x.channel_version <> c.version)
      order by x.due_at
      limit p_limit
      for update of x skip locked
    )
    update channel_connection x
    set owner = p_worker, epoch = x.epoch + 1, due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from due
    where x.workspace_id = due.workspace_id and x.channel_id = due.channel_id
    returning x.workspace_id, x.channel_id, x.epoch;
end $$;

-- Extends leases; returns those that are still held, with the channel's state and version of now.
create function connection_renew(p_worker text, p_lease_ms int, p_channels uuid[], p_epochs int[])
returns table (channel_id uuid, state text, version int)
language sql security definer set search_path = public, pg_temp as $$
  with kept as (
    update channel_connection x
    set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from unnest(p_channels, p_epochs) as h(id, epoch)
    where x.channel_id = h.id and x.epoch = h.epoch and x.owner = p_worker
    returning x.workspace_id, x.channel_id
  )
  select k.channel_id, c.state, c.version from kept k
  join channel c on c.workspace_id = k.workspace_id and c.id = k.channel_id
$$;

-- Deliveries -------------------------------------------------------------------------------------------------------

-- Sends that go over a held connection have the account `connection:<channel>`: only its holder, who names the channels it
-- holds, may claim them.
drop function delivery_open(text, int, int);
drop function delivery_take(text, int, int);
create function delivery_take(p_worker text, p_limit int, p_lease_ms int, p_connections uuid[]) returns setof delivery_claim
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
        and (d.account not like 'connection:%' or d.account = any (select 'connection:' || c from unnest(p_connections) c))
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

-- Claims due deliveries and loads what sending them needs.
create function delivery_open(p_worker text, p_limit int, p_lease_ms int, p_connections uuid[]) returns setof json
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set join_collapse_limit = 1 set from_collapse_limit = 1
as $$
declare
  v_claims delivery_claim[];
begin
  select array_agg(t) into v_claims from delivery_take(p_worker, p_limit, p_lease_ms, p_connections) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', d.workspace_id, 'id', d.id, 'epoch', t.epoch, 'lapsed', t.lapsed, 'channelId', d.channel_id,
      'conversationId', d.conversation_id, 'messageId', d.message_id, 'body', d.body, 'class', d.class,
      'attempts', d.attempts, 'account', d.account, 'error', d.error, 'expired', d.expires_at <= clock_timestamp(),
      'homeChannelId', c.channel_id, 'thread', c.thread, 'addressKind', c.address_kind, 'addressValue', c.address_value,
      'lastInbound', (
        select json_build_object('at', coalesce(m.sent_at, m.recorded_at), 'ref', m.provider_id, 'told', (
            select json_object_agg(k, v) from jsonb_each_text(m.metadata) as t(k, v) where length(v) <= 2000))
        from message m where m.conversation_id = c.id and m.direction = 'in' order by m.seq desc limit 1),
      'optedOut', exists (
        select from consent k where k.workspace_id = d.workspace_id and k.channel_id = d.channel_id
          and k.address_kind = c.address_kind and k.address_value = c.address_value and k.state = 'opted-out'))
    from unnest(v_claims) t
    join delivery d on d.workspace_id = t.workspace_id and d.id = t.id
    join conversation c on c.workspace_id = d.workspace_id and c.id = d.conversation_id;
end $$;

grant create on schema public to parley_dispatch;
alter function delivery_take(text, int, int, uuid[]) owner to parley_dispatch;
alter function connection_take(text, text[], int, int) owner to parley_dispatch;
alter function connection_renew(text, int, uuid[], int[]) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function delivery_take(text, int, int, uuid[]), connection_take(text, text[], int, int),
  connection_renew(text, int, uuid[], int[]) from public;
grant execute on function delivery_take(text, int, int, uuid[]), connection_take(text, text[], int, int),
  connection_renew(text, int, uuid[], int[]) to parley_app;
