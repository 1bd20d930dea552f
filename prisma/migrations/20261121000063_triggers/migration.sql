-- Doors through which other systems start something: each has a secret of its own, and says what it does.

create table inbound_trigger (
  workspace_id uuid not null,
  id uuid not null unique,
  name text not null,
  state text not null default 'enabled',
  -- What it does, with places for what comes in.
  action jsonb not null,
  -- Sealed.
  secret text not null,
  -- Sealed; holds too until previous_until.
  previous_secret text,
  previous_until timestamptz(3),
  -- The write that rotated last: repeated, it rotates nothing.
  rotated_by uuid,
  last_fired_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);
alter table inbound_trigger add constraint inbound_trigger_state check (state in ('enabled', 'disabled'));
alter table inbound_trigger enable row level security;
alter table inbound_trigger force row level security;
create policy workspace_isolation on inbound_trigger to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on inbound_trigger to parley_app;

-- Which workspace a trigger belongs to, for a request that has shown nothing yet.
grant select (workspace_id, id) on inbound_trigger to parley_dispatch;
create policy dispatch on inbound_trigger for select to parley_dispatch using (true);
create function trigger_workspace(p_id uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select t.workspace_id from inbound_trigger t where t.id = p_id
$$;
grant create on schema public to parley_dispatch;
alter function trigger_workspace(uuid) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function trigger_workspace(uuid) from public;
grant execute on function trigger_workspace(uuid) to parley_app;
