-- Roles, row-level security and the indexes of hot paths.
--
-- parley_app      the role every connection of gateway and worker takes (`-c role=parley_app`). It sees only the
--                 workspaces named in the transaction-local setting parley.workspaces.
-- parley_dispatch owns the few functions that must look across workspaces: which mailbox or delivery is due, and
--                 which workspace a channel, key or session belongs to. It cannot read what people wrote.

do $$
begin
  if not exists (select from pg_roles where rolname = 'parley_app') then
    create role parley_app nologin nosuperuser nobypassrls noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'parley_dispatch') then
    create role parley_dispatch nologin nosuperuser nobypassrls noinherit;
  end if;
exception when duplicate_object or unique_violation then
  null; -- another database of this cluster is being migrated at the same moment
end $$;

do $$
begin
  execute format('grant parley_app, parley_dispatch to %I', current_user);
exception when others then
  if not pg_has_role(current_user, 'parley_app', 'member') then raise; end if;
end $$;

grant usage on schema public to parley_app, parley_dispatch;

-- The workspaces of this transaction; null when none is named, and then no row is visible.
create function parley_workspaces() returns uuid[]
  language sql stable parallel safe
  as $$ select string_to_array(nullif(current_setting('parley.workspaces', true), ''), ',')::uuid[] $$;

-- workspace itself: its id is the workspace.
alter table workspace enable row level security;
alter table workspace force row level security;
create policy workspace_isolation on workspace to parley_app
  using (id = any ((select parley_workspaces())::uuid[]))
  with check (id = any ((select parley_workspaces())::uuid[]));

do $$
declare
  name text;
begin
  foreach name in array array[
    'workspace_key', 'member', 'api_key', 'bot', 'bot_version', 'channel', 'contact', 'identity', 'conversation',
    'mailbox', 'inbox_event', 'message', 'turn', 'delivery', 'early_receipt', 'pace', 'event', 'session',
    'idempotency', 'audit'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
  end loop;
end $$;

grant select, insert, update, delete on all tables in schema public to parley_app;
do $$ begin
  if to_regclass('_prisma_migrations') is not null then
    revoke all on _prisma_migrations from parley_app;
  end if;
end $$;
revoke update, delete on audit from parley_app;

-- What the dispatcher may see: whose turn it is, never what was said.
grant select (workspace_id, id, channel_id, key, epoch, leased_by, due_at, failures) on mailbox to parley_dispatch;
grant update (epoch, leased_by, due_at) on mailbox to parley_dispatch;
grant select (workspace_id, id, conversation_id, account, destination, status, epoch, leased_by, due_at) on delivery to parley_dispatch;
grant update (status, epoch, leased_by, due_at) on delivery to parley_dispatch;
grant select, insert, update on pace to parley_dispatch;
grant select (workspace_id, id) on channel to parley_dispatch;
grant select (workspace_id, id) on api_key to parley_dispatch;
grant select (workspace_id, id) on session to parley_dispatch;
create policy dispatch on mailbox to parley_dispatch using (true) with check (true);
create policy dispatch on delivery to parley_dispatch using (true) with check (true);
create policy dispatch on pace to parley_dispatch using (true) with check (true);
create policy dispatch on channel for select to parley_dispatch using (true);
create policy dispatch on api_key for select to parley_dispatch using (true);
create policy dispatch on session for select to parley_dispatch using (true);

-- Hot paths ---------------------------------------------------------------------------------------------------------

create index mailbox_due on mailbox (due_at) where due_at is not null;
create index inbox_event_pending on inbox_event (mailbox_id, seq) where status = 'pending';
create index inbox_event_dead on inbox_event (workspace_id, received_at) where status in ('dead', 'quarantined');
create index delivery_due on delivery (due_at) where due_at is not null;
create index delivery_open on delivery (conversation_id, seq, part) where status in ('queued', 'sending');
create index delivery_by_ref on delivery (channel_id, provider_ref) where provider_ref is not null;
create index delivery_dead on delivery (workspace_id, created_at) where status in ('dead', 'unknown', 'expired', 'failed');
create index message_by_provider_id on message (conversation_id, provider_id) where provider_id is not null;

-- Rows that are updated often keep room on their page, so that an update need not touch the indexes.
alter table mailbox set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table conversation set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
alter table delivery set (fillfactor = 80);
alter table inbox_event set (fillfactor = 90);
alter table message set (fillfactor = 90);
alter table pace set (fillfactor = 50);

-- What may be written ----------------------------------------------------------------------------------------------

alter table channel add constraint channel_state check (state in ('active', 'paused'));
alter table channel add constraint channel_health check (health_state in ('unknown', 'healthy', 'degraded', 'down'));
alter table conversation add constraint conversation_state check (state in ('open', 'closed'));
alter table conversation add constraint conversation_owner check (owner in ('bot', 'queue', 'operator', 'desk'));
alter table inbox_event add constraint inbox_event_status
  check (status in ('pending', 'done', 'ignored', 'quarantined', 'dead'));
alter table message add constraint message_direction check (direction in ('in', 'out'));
alter table message add constraint message_status
  check (status in ('received', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'expired'));
alter table delivery add constraint delivery_class check (class in ('idempotent', 'look-up', 'blind'));
alter table delivery add constraint delivery_status
  check (status in ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'dead', 'expired'));
