-- What a turn wants to be done after it: calls of tools, and waking at an instant. Each is done by a worker, and what came of it
-- comes back into the conversation's mailbox as a signal.

create table errand (
  workspace_id uuid not null,
  id uuid not null unique,
  conversation_id uuid not null,
  channel_id uuid not null,
  -- `timer`, of which a conversation has at most one, or the id of a call.
  key text not null,
  kind text not null,
  -- For a call: what, name, input, timeoutMs. Null for a timer.
  payload jsonb,
  epoch int not null default 0,
  leased_by text,
  -- When someone must look: the instant itself, or the end of the lease.
  due_at timestamptz(3) not null,
  attempts int not null default 0,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  unique (conversation_id, key),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
alter table errand add constraint errand_kind check (kind in ('call', 'timer'));
create index errand_due on errand (due_at);

alter table errand enable row level security;
alter table errand force row level security;
create policy workspace_isolation on errand to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on errand to parley_app;

-- The dispatcher sees whose turn it is, never what is to be done.
grant select (workspace_id, id, epoch, leased_by, due_at) on errand to parley_dispatch;
grant update (epoch, leased_by, due_at) on errand to parley_dispatch;
create policy dispatch on errand to parley_dispatch using (true) with check (true);

create type errand_claim as (workspace_id uuid, id uuid, epoch int);

create function errand_take(p_worker text, p_limit int, p_lease_ms int) returns setof errand_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select e.workspace_id, e.id from errand e
    where e.due_at <= clock_timestamp()
    order by e.due_at
    limit p_limit
    for update skip locked
  )
  update errand e
  set epoch = e.epoch + 1, leased_by = p_worker,
    due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due
  where e.workspace_id = due.workspace_id and e.id = due.id
  returning e.workspace_id, e.id, e.epoch
$$;

-- Claims errands and loads what doing them needs.
create function errand_open(p_worker text, p_limit int, p_lease_ms int) returns setof json
language plpgsql as $$
declare
  v_claims errand_claim[];
begin
  select array_agg(t) into v_claims from errand_take(p_worker, p_limit, p_lease_ms) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', e.workspace_id, 'id', e.id, 'epoch', t.epoch, 'channelId', e.channel_id,
      'conversationId', e.conversation_id, 'key', e.key, 'kind', e.kind, 'payload', e.payload, 'attempts', e.attempts,
      'thread', c.thread, 'contactId', c.contact_id, 'contactName', k.name, 'attributes', k.attributes, 'owner', c.owner)
    from unnest(v_claims) t
    join errand e on e.workspace_id = t.workspace_id and e.id = t.id
    join conversation c on c.workspace_id = e.workspace_id and c.id = e.conversation_id
    join contact k on k.workspace_id = c.workspace_id and k.id = c.contact_id;
end $$;

create function errand_renew(p_workspaces text, p_worker text, p_lease_ms int, p json) returns setof uuid
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  return query
    update errand e set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from json_to_recordset(p) as b(w uuid, id uuid, e int)
    where e.workspace_id = b.w and e.id = b.id and e.epoch = b.e and e.leased_by = p_worker
    returning e.id;
end $$;

-- It is done, and what came of it is in the mailbox. False: somebody else has it, or the conversation wants it no more.
create function errand_end(p_workspace uuid, p_worker text, p_id uuid, p_epoch int) returns boolean
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  delete from errand e
    where e.workspace_id = p_workspace and e.id = p_id and e.epoch = p_epoch and e.leased_by = p_worker;
  return found;
end $$;

-- It could not be done now: again after so long.
create function errand_again(p_workspace uuid, p_worker text, p_id uuid, p_epoch int, p_wait_ms bigint) returns boolean
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  update errand e set leased_by = null, attempts = e.attempts + 1,
    due_at = clock_timestamp() + make_interval(secs => p_wait_ms / 1000.0)
    where e.workspace_id = p_workspace and e.id = p_id and e.epoch = p_epoch and e.leased_by = p_worker;
  return found;
end $$;

-- A turn for a signal alone answers no message: its range is empty, and several may stand at the same place. Two turns for the
-- same messages stay impossible.
drop index turn_conversation_id_through_seq_key;
create index turn_conversation_id_through_seq_idx on turn (conversation_id, through_seq);
create unique index turn_answers_once on turn (conversation_id, through_seq) where from_seq <= through_seq;

-- As before, and in the same commit: errands, and what turns learned of contacts.
--   errands {i, w, id, ch, c, key, kind, payload, at}; a timer without `at` is taken back, one with it replaces the one before
--   contacts {i, w, c, fields}
alter function mailbox_commit(text, text, json) rename to mailbox_write;
create function mailbox_commit(p_workspaces text, p_worker text, p json) returns json
language plpgsql as $$
declare
  v_done json := mailbox_write(p_workspaces, p_worker, p);
  v_ok int[];
begin
  if coalesce(json_array_length(p->'errands'), 0) + coalesce(json_array_length(p->'contacts'), 0) = 0 then return v_done; end if;
  select array_agg(i::int) into v_ok from json_array_elements_text(v_done->'ok') as i;

  delete from errand e
  using json_to_recordset(p->'errands') as b(i int, w uuid, c uuid, key text, kind text)
  where b.kind = 'timer' and b.i = any (v_ok) and e.workspace_id = b.w and e.conversation_id = b.c and e.key = b.key;

  insert into errand (workspace_id, id, conversation_id, channel_id, key, kind, payload, due_at)
    select b.w, b.id, b.c, b.ch, b.key, b.kind, b.payload, coalesce(b.at, clock_timestamp())
    from json_to_recordset(p->'errands') as b(i int, w uuid, id uuid, ch uuid, c uuid, key text, kind text, payload jsonb,
      at timestamptz)
    where b.i = any (v_ok) and (b.kind = 'call' or b.at is not null)
  on conflict (conversation_id, key) do nothing;

  update contact k set attributes = k.attributes || b.fields, updated_at = clock_timestamp()
  from json_to_recordset(p->'contacts') as b(i int, w uuid, c uuid, fields jsonb)
  join conversation c on c.workspace_id = b.w and c.id = b.c
  where b.i = any (v_ok) and k.workspace_id = b.w and k.id = c.contact_id
    and octet_length((k.attributes || b.fields)::text) <= 65536;
  return v_done;
end $$;

grant create on schema public to parley_dispatch;
alter function errand_take(text, int, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function errand_take(text, int, int) from public;
grant execute on function errand_take(text, int, int) to parley_app;
