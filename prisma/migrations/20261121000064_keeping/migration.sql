-- Archives of a workspace: made by a worker, kept for a while, and taken in by another installation.

create table export (
  workspace_id uuid not null,
  id uuid not null unique,
  -- queued, running, ready, failed, expired
  state text not null default 'queued',
  reason text,
  has_media boolean not null default true,
  asked_by text not null,
  size_bytes bigint,
  sha256 text,
  -- {name, rows, sha256} of each file.
  files jsonb not null default '[]',
  epoch int not null default 0,
  leased_by text,
  -- When someone must look: the making, the end of a lease, or the end of the archive; null when all is done.
  due_at timestamptz(3),
  attempts int not null default 0,
  created_at timestamptz(3) not null default now(),
  done_at timestamptz(3),
  expires_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);
alter table export add constraint export_state check (state in ('queued', 'running', 'ready', 'failed', 'expired'));
create index export_due on export (due_at) where due_at is not null;
alter table export enable row level security;
alter table export force row level security;
create policy workspace_isolation on export to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on export to parley_app;
grant select (workspace_id, id, epoch, leased_by, due_at) on export to parley_dispatch;
grant update (epoch, leased_by, due_at) on export to parley_dispatch;
create policy dispatch on export to parley_dispatch using (true) with check (true);

create type export_claim as (workspace_id uuid, id uuid, epoch int);

-- Claims one archive that is to be made, or is at its end.
create function export_take(p_worker text, p_lease_ms int) returns setof export_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select x.workspace_id, x.id from export x where x.due_at <= clock_timestamp()
    order by x.due_at limit 1 for update skip locked
  )
  update export x set epoch = x.epoch + 1, leased_by = p_worker,
    due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due where x.workspace_id = due.workspace_id and x.id = due.id
  returning x.workspace_id, x.id, x.epoch
$$;
grant create on schema public to parley_dispatch;
alter function export_take(text, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function export_take(text, int) from public;
grant execute on function export_take(text, int) to parley_app;

-- What an archive brings is history: nobody is told of it, and an import of minutes holds up no reader of the log.
create function parley_is_importing() returns boolean
language sql stable parallel safe as $$ select coalesce(current_setting('parley.importing', true), '') = 'on' $$;

create or replace function event_announce() returns trigger
language plpgsql as $$
begin
  if parley_is_importing() then return null; end if;
  perform pg_advisory_xact_lock_shared(event_lock_key(
    (select case when s.is_called then s.last_value else 0 end from event_pos_seq s)));
  return null;
end $$;

drop trigger contact_created_told on contact;
create constraint trigger contact_created_told after insert on contact
  deferrable initially deferred for each row when (not parley_is_importing()) execute function webhook_tell_contact();

-- How long things are kept: per workspace, and of some kinds per channel. Without a row, as the installation says.
create table retention (
  workspace_id uuid not null,
  id uuid not null,
  -- messages, traces, media, inbox
  kind text not null,
  -- Null: on all channels.
  channel_id uuid,
  days int not null,
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, channel_id) references channel (workspace_id, id) on update cascade on delete cascade
);
alter table retention add constraint retention_kind check (kind in ('messages', 'traces', 'media', 'inbox', 'webhooks'));
alter table retention add constraint retention_days check (days between 1 and 36500);
create unique index retention_of_all on retention (workspace_id, kind) where channel_id is null;
create unique index retention_of_channel on retention (workspace_id, kind, channel_id) where channel_id is not null;
alter table retention enable row level security;
alter table retention force row level security;
create policy workspace_isolation on retention to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on retention to parley_app;

-- Rows grow in the order of time: this finds the old ones for next to nothing per row.
create index message_recorded_at_idx on message using brin (recorded_at);
create index turn_ended_at_idx on turn using brin (ended_at);
create index inbox_event_received_at_idx on inbox_event using brin (received_at);

-- Until when things of a kind have to have happened, by channel, to be forgotten. p_default: days of the installation, or
-- null: for ever. p_shorter: another kind that takes this one along, where it is kept for a shorter time.
create function retention_cutoffs(p_workspace uuid, p_kind text, p_default int, p_shorter text)
  returns table (channel_id uuid, cutoff timestamptz)
  language sql stable as $$
  select r.id, clock_timestamp() - make_interval(days => r.days)
  from (
    select c.id, least(
      coalesce(
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_kind and x.channel_id = c.id),
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_kind and x.channel_id is null),
        p_default),
      coalesce(
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_shorter and x.channel_id = c.id),
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_shorter and x.channel_id is null))
    ) as days
    from channel c where c.workspace_id = p_workspace
  ) r
  where r.days is not null
$$;

-- Forgets the oldest p_limit of each kind in one workspace. p_inbox, p_webhooks: days of the installation.
-- Returns how many of each kind went: {messages, traces, inbox, webhooks, leads}.
create function retention_sweep(p_workspace uuid, p_limit int, p_inbox int, p_webhooks int) returns json
language plpgsql as $$
declare
  v_messages int;
  v_traces int;
  v_inbox int;
  v_webhooks int;
  v_leads int;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);

  -- Not what waits for an answer, is being sent, or waits for a person to say whether it was sent.
  with gone as (
    select m.id from retention_cutoffs(p_workspace, 'messages', null, null) r
    join conversation c on c.workspace_id = p_workspace and c.channel_id = r.channel_id
    join message m on m.conversation_id = c.id and m.recorded_at < r.cutoff
    where (m.direction = 'out' or m.seq <= c.answered_seq) and not exists (
      select from delivery d where d.message_id = m.id and d.status in ('queued', 'sending', 'unknown'))
    limit p_limit
    for update of m skip locked
  )
  delete from message m using gone where m.workspace_id = p_workspace and m.id = gone.id;
  get diagnostics v_messages = row_count;

  -- What people told flows went with what they said.
  with old as (
    select e.conversation_id, e.seq from retention_cutoffs(p_workspace, 'messages', null, null) r
    join conversation c on c.workspace_id = p_workspace and c.channel_id = r.channel_id
    join event e on e.workspace_id = p_workspace and e.conversation_id = c.id
      and e.type = 'goal.reached' and e.occurred_at < r.cutoff and e.data ? 'data'
    limit p_limit
  )
  update event e set data = e.data - 'data' from old
  where e.workspace_id = p_workspace and e.conversation_id = old.conversation_id and e.seq = old.seq;
  get diagnostics v_leads = row_count;

  with gone as (
    select t.id from retention_cutoffs(p_workspace, 'traces', null, 'messages') r
    join conversation c on c.workspace_id = p_workspace and c.channel_id = r.channel_id
    join turn t on t.conversation_id = c.id and t.ended_at < r.cutoff
    limit p_limit
    for update of t skip locked
  )
  delete from turn t using gone where t.workspace_id = p_workspace and t.id = gone.id;
  get diagnostics v_traces = row_count;

  -- Not what waits to be handled, nor what waits for a person. Until then its key knows a repetition.
  with gone as (
    select e.id from retention_cutoffs(p_workspace, 'inbox', p_inbox, null) r
    join inbox_event e on e.workspace_id = p_workspace and e.channel_id = r.channel_id
      and e.status in ('done', 'ignored') and e.received_at < r.cutoff
    limit p_limit
    for update of e skip locked
  )
  delete from inbox_event e using gone where e.workspace_id = p_workspace and e.id = gone.id;
  get diagnostics v_inbox = row_count;

  with gone as (
    select d.id from webhook_delivery d
    where d.workspace_id = p_workspace and d.due_at is null and d.status <> 'pending'
      and d.created_at < clock_timestamp() - make_interval(days => least(p_webhooks, coalesce((
        select x.days from retention x
        where x.workspace_id = p_workspace and x.kind = 'webhooks' and x.channel_id is null), p_webhooks)))
    limit p_limit
    for update of d skip locked
  )
  delete from webhook_delivery d using gone where d.workspace_id = p_workspace and d.id = gone.id;
  get diagnostics v_webhooks = row_count;

  return json_build_object('messages', v_messages, 'leads', v_leads, 'traces', v_traces, 'inbox', v_inbox,
    'webhooks', v_webhooks);
end $$;
