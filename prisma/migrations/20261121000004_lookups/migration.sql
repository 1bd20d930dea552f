-- Look-ups that find the workspace, and the reads and writes that every request makes: one round trip each.
--
-- The functions owned by parley_dispatch answer with ids only. The others run as the caller (parley_app), name the
-- workspace for their own transaction and are then held by row-level security like every statement. They are called
-- as whole transactions, never inside of one: the workspace they name would stay.

-- Whose is it? ------------------------------------------------------------------------------------------------------

grant select (id) on workspace to parley_dispatch;
create policy dispatch on workspace for select to parley_dispatch using (true);

create function channel_workspace(uuid) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from channel where id = $1 $$;

create function api_key_workspace(uuid) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from api_key where id = $1 $$;

create function session_workspace(uuid) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from session where id = $1 $$;

-- All workspaces of the installation, oldest first: for the first start and for the rotation of keys.
create function workspace_ids() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select id from workspace order by id $$;

-- The dispatcher may remove answers that are a day old, whoever they belong to, and sees none that are younger.
grant select (created_at), delete on idempotency to parley_dispatch;
create policy dispatch_read on idempotency for select to parley_dispatch
  using (created_at < now() - interval '24 hours');
create policy dispatch_purge on idempotency for delete to parley_dispatch
  using (created_at < now() - interval '24 hours');

create function purge_idempotency() returns bigint
  language sql security definer set search_path = public, pg_temp
  as $$
    with gone as (delete from idempotency where created_at < now() - interval '24 hours' returning created_at)
    select count(*) from gone
  $$;
create index idempotency_age on idempotency (created_at);

-- What every request needs ------------------------------------------------------------------------------------------

create function load_channel(uuid) returns setof channel
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', coalesce(channel_workspace($1)::text, ''), true);
  return query select c.* from channel c where c.id = $1;
end $$;

create function load_api_key(uuid) returns setof api_key
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', coalesce(api_key_workspace($1)::text, ''), true);
  return query select k.* from api_key k where k.id = $1;
end $$;

create function load_session(uuid)
  returns table (
    workspace_id uuid, id uuid, channel_id uuid, contact_id uuid, conversation_id uuid, thread text,
    metadata jsonb, created_at timestamptz, expires_at timestamptz, ended_at timestamptz)
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', coalesce(session_workspace($1)::text, ''), true);
  return query
    select s.workspace_id, s.id, s.channel_id, s.contact_id, s.conversation_id, c.thread,
           s.metadata, s.created_at, s.expires_at, s.ended_at
      from session s
      join conversation c on c.workspace_id = s.workspace_id and c.id = s.conversation_id
     where s.id = $1;
end $$;

-- Starts a session: finds or makes contact and conversation. Any number of callers may do so for the same person at
-- once. No row: the workspace has no such channel.
create function start_session(
  p_workspace uuid, p_channel uuid, p_session uuid, p_kind text, p_value text, p_thread text,
  p_contact uuid, p_identity uuid, p_conversation uuid,
  p_name text, p_attributes jsonb, p_metadata jsonb, p_ttl_ms bigint)
  returns table (contact uuid, conversation uuid, is_new boolean, created timestamptz, expires timestamptz)
  language plpgsql
  as $$
declare
  v_contact uuid;
  v_conversation uuid;
  v_new boolean := false;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  perform from channel c where c.workspace_id = p_workspace and c.id = p_channel;
  if not found then return; end if;

  loop
    select i.contact_id into v_contact
      from identity i where i.workspace_id = p_workspace and i.kind = p_kind and i.value = p_value;
    exit when found;
    insert into contact (workspace_id, id, name, attributes, updated_at)
      values (p_workspace, p_contact, p_name, p_attributes, now()) on conflict do nothing;
    insert into identity (workspace_id, id, contact_id, kind, value)
      values (p_workspace, p_identity, p_contact, p_kind, p_value) on conflict do nothing;
    if found then
      v_contact := p_contact;
      exit;
    end if;
    -- Somebody was faster: theirs is visible on the next look.
    delete from contact c where c.workspace_id = p_workspace and c.id = p_contact;
  end loop;

  if v_contact <> p_contact and (p_name is not null or p_attributes <> '{}') then
    update contact c
       set name = coalesce(p_name, c.name), attributes = c.attributes || p_attributes, updated_at = now()
     where c.workspace_id = p_workspace and c.id = v_contact;
  end if;

  insert into conversation as c
      (workspace_id, id, channel_id, contact_id, thread, address_kind, address_value, last_event_seq)
    values (p_workspace, p_conversation, p_channel, v_contact, p_thread, p_kind, p_value, 1)
    on conflict (channel_id, thread) do nothing
    returning c.id into v_conversation;
  if found then
    v_new := true;
    insert into event (workspace_id, conversation_id, seq, type, data)
      values (p_workspace, v_conversation, 1, 'conversation.created', '{}');
  else
    select c.id, c.contact_id into v_conversation, v_contact
      from conversation c
     where c.workspace_id = p_workspace and c.channel_id = p_channel and c.thread = p_thread;
  end if;

  return query
    insert into session as s (workspace_id, id, channel_id, contact_id, conversation_id, metadata, expires_at)
      values (p_workspace, p_session, p_channel, v_contact, v_conversation, p_metadata,
              now() + p_ttl_ms * interval '1 millisecond')
      -- The same session again: its first start was cut off before the caller knew.
      on conflict (workspace_id, id) do update set metadata = excluded.metadata
      returning s.contact_id, s.conversation_id, v_new, s.created_at::timestamptz, s.expires_at::timestamptz;
end $$;

-- Events of a conversation after a sequence number, each with its message as it is now.
create function conversation_events(p_workspace uuid, p_conversation uuid, p_after integer, p_limit integer)
  returns table (seq integer, type text, data jsonb, occurred_at timestamptz, message jsonb)
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  return query
    select e.seq, e.type, e.data, e.occurred_at::timestamptz, to_jsonb(m)
      from event e
      left join message m
        on m.workspace_id = e.workspace_id
       and m.id = case when e.data ->> 'message' ~ '^[0-9a-f-]{36}$' then (e.data ->> 'message')::uuid end
     where e.workspace_id = p_workspace and e.conversation_id = p_conversation and e.seq > p_after
     order by e.seq
     limit p_limit;
end $$;

-- Takes the right to do a write once. `new`: do it, with ids made from operation; `done`: give the stored answer;
-- `busy`: somebody is at it; `reused`: the key belongs to another request. A lock that has lapsed is taken over with
-- the same operation, so that what was half done is done again under the same ids.
create function idempotency_begin(
  p_workspace uuid, p_principal text, p_key text, p_request_hash text, p_operation uuid, p_lock_ms integer)
  returns table (state text, operation uuid, answer_status integer, answer jsonb)
  language plpgsql
  as $$
declare
  v idempotency;
  v_until timestamptz := clock_timestamp() + p_lock_ms * interval '1 millisecond';
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  loop
    insert into idempotency (workspace_id, principal, key, request_hash, operation_id, locked_until)
      values (p_workspace, p_principal, p_key, p_request_hash, p_operation, v_until)
      on conflict do nothing;
    if found then
      return query select 'new', p_operation, null::integer, null::jsonb;
      return;
    end if;
    select i.* into v from idempotency i
     where i.workspace_id = p_workspace and i.principal = p_principal and i.key = p_key for update;
    exit when found;
  end loop;

  if v.created_at < now() - interval '24 hours' then
    update idempotency i
       set request_hash = p_request_hash, operation_id = p_operation, locked_until = v_until,
           status = null, response = null, created_at = now()
     where i.workspace_id = p_workspace and i.principal = p_principal and i.key = p_key;
    return query select 'new', p_operation, null::integer, null::jsonb;
  elsif v.request_hash not in (p_request_hash, '') then
    return query select 'reused', null::uuid, null::integer, null::jsonb;
  elsif v.status is not null then
    return query select 'done', v.operation_id, v.status, v.response;
  elsif v.locked_until > clock_timestamp() then
    return query select 'busy', null::uuid, null::integer, null::jsonb;
  else
    update idempotency i set locked_until = v_until, request_hash = p_request_hash
     where i.workspace_id = p_workspace and i.principal = p_principal and i.key = p_key;
    return query select 'new', v.operation_id, null::integer, null::jsonb;
  end if;
end $$;

-- Stores the answer of a write, or, with a null status, gives the key back. False: the answer was there already, or
-- the key belongs to another operation.
create function idempotency_end(
  p_workspace uuid, p_principal text, p_key text, p_operation uuid, p_status integer, p_response jsonb)
  returns boolean
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  if p_status is null then
    -- The operation stays: should the failed write have changed something after all, the next one finds it.
    update idempotency i set locked_until = clock_timestamp() - interval '1 second', request_hash = ''
     where i.workspace_id = p_workspace and i.principal = p_principal and i.key = p_key
       and i.operation_id = p_operation and i.status is null;
  else
    update idempotency i set status = p_status, response = p_response
     where i.workspace_id = p_workspace and i.principal = p_principal and i.key = p_key
       and i.operation_id = p_operation and i.status is null;
  end if;
  return found;
end $$;

-- Who may call, and as whom -----------------------------------------------------------------------------------------

revoke all on function
  channel_workspace(uuid), api_key_workspace(uuid), session_workspace(uuid), workspace_ids(), purge_idempotency()
  from public;
grant execute on function
  channel_workspace(uuid), api_key_workspace(uuid), session_workspace(uuid), workspace_ids(), purge_idempotency()
  to parley_app;

grant create on schema public to parley_dispatch;
alter function channel_workspace(uuid) owner to parley_dispatch;
alter function api_key_workspace(uuid) owner to parley_dispatch;
alter function session_workspace(uuid) owner to parley_dispatch;
alter function workspace_ids() owner to parley_dispatch;
alter function purge_idempotency() owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
