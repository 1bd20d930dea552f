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

grant create on schema public to parley_dispatch;
alter function media_workspace(uuid) owner to parley_dispatch;
alter function media_take(text, int, int, uuid[]) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function media_workspace(uuid), media_take(text, int, int, uuid[]) from public;
grant execute on function media_workspace(uuid), media_take(text, int, int, uuid[]) to parley_app;
