-- The events of a whole workspace in one order, so that a reader can stop and go on: each has a position.

create sequence event_pos_seq;
alter table event add column pos bigint not null default nextval('event_pos_seq');
alter sequence event_pos_seq owned by event.pos;
grant usage, select on sequence event_pos_seq to parley_app;
create index event_workspace_id_pos_idx on event (workspace_id, pos);

-- Positions are given when events are written, and seen when they are committed, which may be in another order. Whoever
-- writes holds, until the commit, a shared lock that names a position before all of its own: nobody waits for it, and a
-- reader can tell up to where nothing can come any more.
create function event_lock_key(p_pos bigint) returns bigint
language sql immutable parallel safe as $$ select (28769::bigint << 46) + p_pos $$;

create function event_announce() returns trigger
language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(event_lock_key(
    (select case when s.is_called then s.last_value else 0 end from event_pos_seq s)));
  return null;
end $$;
create trigger event_announced before insert on event for each statement execute function event_announce();

-- The position up to which every event is either visible or will never be.
create function event_horizon() returns bigint
language plpgsql volatile as $$
declare
  v_last bigint;
  v_open bigint;
begin
  -- In this order: who announces after the first look takes positions behind it.
  select case when s.is_called then s.last_value else 0 end into v_last from event_pos_seq s;
  select min(((l.classid::bigint << 32) | l.objid::bigint) - event_lock_key(0)) into v_open
  from pg_locks l
  where l.locktype = 'advisory' and l.objsubid = 1
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and ((l.classid::bigint << 32) | l.objid::bigint) >= event_lock_key(0)
    and ((l.classid::bigint << 32) | l.objid::bigint) < event_lock_key(1::bigint << 46);
  return least(v_last, coalesce(v_open, v_last));
end $$;

-- Events of a workspace behind a position, in order. `message`: the one that an event names, as it is now.
create function workspace_events(p_workspace uuid, p_after bigint, p_types text[], p_limit int)
  returns table (pos bigint, conversation_id uuid, seq integer, type text, data jsonb, occurred_at timestamptz, message jsonb)
  language plpgsql volatile
  as $$
declare
  v_until bigint := event_horizon();
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  return query
    select e.pos, e.conversation_id, e.seq, e.type, e.data, e.occurred_at::timestamptz, to_jsonb(m)
      from event e
      left join message m
        on m.workspace_id = e.workspace_id
       and m.id = case when e.data->>'message' ~ '^[0-9a-f-]{36}$' then (e.data->>'message')::uuid end
     where e.workspace_id = p_workspace and e.pos > p_after and e.pos <= v_until
       and (p_types is null or e.type = any (p_types))
     order by e.pos
     limit p_limit;
end $$;

-- What happens to people, bots and archives is of no conversation: webhooks are told of it in the commit that does it.

create function webhook_tell_contact() returns trigger
language plpgsql as $$
begin
  if not exists (select from webhook_endpoint w where w.state = 'enabled') then return null; end if;
  -- Told at the commit: a contact that was made in vain, because somebody met the same address first, is gone by then.
  if tg_op = 'INSERT' and not exists (
    select from contact c where c.workspace_id = new.workspace_id and c.id = new.id) then return null; end if;
  perform webhook_tell(new.workspace_id, case tg_op when 'INSERT' then 'contact.created' else 'contact.updated' end, null,
    jsonb_build_object('contact', new.id), null);
  return null;
end $$;
create constraint trigger contact_created_told after insert on contact
  deferrable initially deferred for each row execute function webhook_tell_contact();
create trigger contact_updated_told after update of name, attributes on contact
  for each row when (new.merged_into is null and (old.name, old.attributes) is distinct from (new.name, new.attributes))
  execute function webhook_tell_contact();

create function webhook_tell_published() returns trigger
language plpgsql as $$
begin
  perform webhook_tell(new.workspace_id, 'bot.published', null,
    jsonb_build_object('bot', new.id, 'version', new.published_version), null);
  return null;
end $$;
create trigger bot_published_told after update of published_version on bot
  for each row when (new.published_version is not null and old.published_version is distinct from new.published_version)
  execute function webhook_tell_published();
create trigger bot_made_told after insert on bot
  for each row when (new.published_version is not null) execute function webhook_tell_published();
