-- Sends: what programs say to people who may not have written yet, at a time, and by the next channel where one does not serve.

create table send_batch (
  workspace_id uuid not null,
  id uuid not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);

create table send (
  workspace_id uuid not null,
  id uuid not null unique,
  batch_id uuid,
  contact_id uuid not null,
  content jsonb not null,
  metadata jsonb not null default '{}',
  -- In order: {channel, waitMs, success, at, message, conversation, skipped}; the last four once it was begun.
  steps jsonb not null,
  state text not null default 'scheduled',
  reason text,
  send_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  epoch int not null default 0,
  leased_by text,
  -- When someone must look: the next step or receipt, or the end of the lease; null when all is done.
  due_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  done_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, batch_id) references send_batch (workspace_id, id) on update cascade on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on update cascade on delete cascade
);
alter table send add constraint send_state check (state in ('scheduled', 'sending', 'sent', 'failed', 'cancelled'));
create index send_due on send (due_at) where due_at is not null;
create index send_workspace_id_batch_id_idx on send (workspace_id, batch_id);
create index send_workspace_id_contact_id_idx on send (workspace_id, contact_id);

do $$
declare
  name text;
begin
  foreach name in array array['send', 'send_batch'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- The dispatcher sees whose turn it is, never to whom or what.
grant select (workspace_id, id, epoch, leased_by, due_at) on send to parley_dispatch;
grant update (epoch, leased_by, due_at) on send to parley_dispatch;
create policy dispatch on send to parley_dispatch using (true) with check (true);

create type send_claim as (workspace_id uuid, id uuid, epoch int);

-- Claims sends that are due, whatever their workspace.
create function send_take(p_worker text, p_limit int, p_lease_ms int) returns setof send_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select s.workspace_id, s.id from send s
    where s.due_at <= clock_timestamp()
    order by s.due_at
    limit p_limit
    for update skip locked
  )
  update send s
  set epoch = s.epoch + 1, leased_by = p_worker, due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due
  where s.workspace_id = due.workspace_id and s.id = due.id
  returning s.workspace_id, s.id, s.epoch
$$;

grant create on schema public to parley_dispatch;
alter function send_take(text, int, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function send_take(text, int, int) from public;
grant execute on function send_take(text, int, int) to parley_app;
