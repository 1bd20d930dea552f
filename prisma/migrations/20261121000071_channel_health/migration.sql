-- How the health of a channel went: one row for each change, written by the change itself.

create table channel_health (
  workspace_id uuid not null,
  id uuid not null default gen_random_uuid(),
  channel_id uuid not null,
  at timestamptz(3) not null default now(),
  state text not null,
  reason text not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, channel_id) references channel (workspace_id, id) on update cascade on delete cascade
);
create index channel_health_channel_id_at_idx on channel_health (workspace_id, channel_id, at desc);

alter table channel_health enable row level security;
alter table channel_health force row level security;
create policy workspace_isolation on channel_health to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on channel_health to parley_app;

create function channel_health_note() returns trigger language plpgsql as $$
begin
  insert into channel_health (workspace_id, channel_id, state, reason)
  values (new.workspace_id, new.id, new.health_state, new.health_reason);
  -- What nobody looks at any more goes with the next change.
  delete from channel_health
   where workspace_id = new.workspace_id and channel_id = new.id and at < now() - interval '90 days';
  return null;
end $$;
create trigger channel_health_change after update of health_state on channel
  for each row when (old.health_state is distinct from new.health_state) execute function channel_health_note();
