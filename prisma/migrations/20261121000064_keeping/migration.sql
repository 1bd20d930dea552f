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
