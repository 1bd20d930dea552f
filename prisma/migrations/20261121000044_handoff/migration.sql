-- Handing over: a conversation in the queue is offered to operators, one after the other, and is not in the queue for ever.

-- One operator of a round of offers. It counts while the conversation is in the queue since the same change of its owner.
create table offer (
  workspace_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  control_version int not null,
  -- Whoever is asked, by the name that the caller knows them by.
  operator text not null,
  -- In which order they are asked.
  place int not null,
  status text not null default 'waiting',
  timeout_ms int not null,
  offered_at timestamptz(3),
  ends_at timestamptz(3),
  decided_at timestamptz(3),
  -- Why it was declined, in their words.
  reason text,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
alter table offer add constraint offer_status
  check (status in ('waiting', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn'));
create index offer_conversation on offer (workspace_id, conversation_id, place);
-- Nobody but one is asked at a time.
create unique index offer_open on offer (workspace_id, conversation_id) where status = 'offered';

alter table offer enable row level security;
alter table offer force row level security;
create policy workspace_isolation on offer to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on offer to parley_app;

-- `offer`: an offer ends; `queue`: nobody took a conversation in time.
alter table errand drop constraint errand_kind;
alter table errand add constraint errand_kind check (kind in ('call', 'timer', 'offer', 'queue'));

-- One line in the log of a conversation whose row the caller has locked.
create function event_add(p_workspace uuid, p_conversation uuid, p_type text, p_data jsonb) returns void
language sql as $$
  with moved as (
    update conversation c set last_event_seq = c.last_event_seq + 1
    where c.workspace_id = p_workspace and c.id = p_conversation
    returning c.last_event_seq
  )
  insert into event (workspace_id, conversation_id, seq, type, data)
    select p_workspace, p_conversation, m.last_event_seq, p_type, p_data from moved m
$$;

-- Asks whoever is next; the conversation's row is locked.
create function offer_next(p_workspace uuid, p_conversation uuid, p_version int) returns void
language plpgsql as $$
declare
  v_next offer;
begin
  update offer o set status = 'offered', offered_at = clock_timestamp(),
    ends_at = clock_timestamp() + make_interval(secs => o.timeout_ms / 1000.0)
  where o.workspace_id = p_workspace and o.id = (
    select x.id from offer x
    where x.workspace_id = p_workspace and x.conversation_id = p_conversation and x.control_version = p_version
      and x.status = 'waiting'
    order by x.place limit 1
  )
  returning * into v_next;
  if v_next.id is null then
    perform event_add(p_workspace, p_conversation, 'handoff.unanswered', jsonb_build_object('reason', 'Nobody accepted'));
    return;
  end if;
  perform event_add(p_workspace, p_conversation, 'handoff.offered',
    jsonb_build_object('operator', v_next.operator, 'ends_at', v_next.ends_at));
  insert into errand (workspace_id, id, conversation_id, channel_id, key, kind, due_at)
    select p_workspace, gen_random_uuid(), p_conversation, c.channel_id, 'offer', 'offer', v_next.ends_at
    from conversation c where c.workspace_id = p_workspace and c.id = p_conversation
  on conflict (conversation_id, key) do update
    set due_at = excluded.due_at, epoch = errand.epoch + 1, leased_by = null;
end $$;

-- Begins a round, in place of one before. Null: done; else who owns the conversation, or `none` when there is none.
create function offer_begin(p_workspace uuid, p_conversation uuid, p_ids uuid[], p_operators text[], p_timeout_ms int)
returns text language plpgsql as $$
declare
  v_owner text;
  v_version int;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  select c.owner, c.control_version into v_owner, v_version from conversation c
    where c.workspace_id = p_workspace and c.id = p_conversation for update;
  if v_owner is null then return 'none'; end if;
  if v_owner <> 'queue' then return v_owner; end if;
  update offer o set status = 'withdrawn', decided_at = clock_timestamp()
    where o.workspace_id = p_workspace and o.conversation_id = p_conversation and o.status in ('waiting', 'offered');
  insert into offer (workspace_id, id, conversation_id, control_version, operator, place, timeout_ms)
    select p_workspace, i.id, p_conversation, v_version, i.operator,
      i.n + coalesce((select max(o.place) from offer o
        where o.workspace_id = p_workspace and o.conversation_id = p_conversation), 0), p_timeout_ms
    from unnest(p_ids, p_operators) with ordinality as i(id, operator, n);
  perform offer_next(p_workspace, p_conversation, v_version);
  return null;
end $$;

-- An operator's answer. Null: it counts; else why it does not: `none`, `not-offered`.
-- Accepting gives them the conversation in the same step, so that nobody else has it and the bot is silent from then on.
create function offer_answer(p_workspace uuid, p_conversation uuid, p_operator text, p_accepts boolean, p_reason text, p_by text)
returns text language plpgsql as $$
declare
  v_owner text;
  v_version int;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  select c.owner, c.control_version into v_owner, v_version from conversation c
    where c.workspace_id = p_workspace and c.id = p_conversation for update;
  if v_owner is null then return 'none'; end if;
  update offer o set status = case when p_accepts then 'accepted' else 'declined' end,
    decided_at = clock_timestamp(), reason = p_reason
  where o.workspace_id = p_workspace and o.conversation_id = p_conversation and o.status = 'offered'
    and o.operator = p_operator and o.control_version = v_version and v_owner = 'queue' and o.ends_at > clock_timestamp();
  if not found then return 'not-offered'; end if;
  if p_accepts then
    update conversation c set owner = 'operator', control_version = c.control_version + 1
      where c.workspace_id = p_workspace and c.id = p_conversation;
    perform event_add(p_workspace, p_conversation, 'control.changed', jsonb_strip_nulls(jsonb_build_object(
      'from', 'queue', 'to', 'operator', 'by', p_by, 'operator', p_operator, 'reason', p_reason)));
  else
    perform event_add(p_workspace, p_conversation, 'handoff.declined', jsonb_strip_nulls(jsonb_build_object(
      'operator', p_operator, 'reason', p_reason)));
    perform offer_next(p_workspace, p_conversation, v_version);
  end if;
  return null;
end $$;

-- The time of an offer is over: the next one is asked. Does nothing when it was answered, or the conversation is elsewhere.
create function offer_lapse(p_workspace uuid, p_conversation uuid) returns boolean
language plpgsql as $$
declare
  v_owner text;
  v_version int;
  v_operator text;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  select c.owner, c.control_version into v_owner, v_version from conversation c
    where c.workspace_id = p_workspace and c.id = p_conversation for update;
  update offer o set status = case when v_owner = 'queue' and o.control_version = v_version then 'lapsed' else 'withdrawn' end,
    decided_at = clock_timestamp()
  where o.workspace_id = p_workspace and o.conversation_id = p_conversation and o.status = 'offered'
    and o.ends_at <= clock_timestamp()
  returning case when o.status = 'lapsed' then o.operator end into v_operator;
  if v_operator is null then return false; end if;
  perform event_add(p_workspace, p_conversation, 'handoff.declined',
    jsonb_build_object('operator', v_operator, 'reason', 'No answer in time'));
  perform offer_next(p_workspace, p_conversation, v_version);
  return true;
end $$;

-- Nobody took a conversation in time: the bot has it again. True when it is so by this change, also when asked again.
create function queue_lapse(p_workspace uuid, p_conversation uuid, p_version int) returns boolean
language plpgsql as $$
declare
  v_owner text;
  v_version int;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  select c.owner, c.control_version into v_owner, v_version from conversation c
    where c.workspace_id = p_workspace and c.id = p_conversation for update;
  if v_owner = 'bot' and v_version = p_version + 1 then return true; end if;
  if v_owner is distinct from 'queue' or v_version <> p_version then return false; end if;
  update offer o set status = 'withdrawn', decided_at = clock_timestamp()
    where o.workspace_id = p_workspace and o.conversation_id = p_conversation and o.status in ('waiting', 'offered');
  update conversation c set owner = 'bot', control_version = c.control_version + 1
    where c.workspace_id = p_workspace and c.id = p_conversation;
  perform event_add(p_workspace, p_conversation, 'handoff.unanswered', jsonb_build_object('reason', 'Nobody took it in time'));
  perform event_add(p_workspace, p_conversation, 'control.changed',
    jsonb_build_object('from', 'queue', 'to', 'bot', 'by', 'system', 'reason', 'Nobody took it in time'));
  return true;
end $$;
