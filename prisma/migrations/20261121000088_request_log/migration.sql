-- Who asked what: one row for each request of a program, and for each write or refusal of a person. Written in batches
-- after the answers; no bodies, no queries, no secrets.

create table request_log (
  workspace_id uuid not null,
  -- Version 7: sorts by time.
  id uuid not null,
  at timestamptz(3) not null,
  actor text not null,
  method text not null,
  path text not null,
  status int not null,
  ms int not null,
  -- Of the problem document, where the answer was one.
  code text,
  request_id text not null,
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);
create index request_log_at on request_log using brin (at);

alter table request_log enable row level security;
alter table request_log force row level security;
create policy workspace_isolation on request_log to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on request_log to parley_app;
grant select (workspace_id, id, at), insert, delete on request_log to parley_dispatch;
create policy dispatch on request_log to parley_dispatch using (true) with check (true);

-- Writes a batch of rows of any workspaces that are still there.
create function request_log_write(p_rows jsonb) returns void
language sql security definer set search_path = public, pg_temp as $$
  insert into request_log (workspace_id, id, at, actor, method, path, status, ms, code, request_id)
  select x.workspace_id, x.id, x.at, x.actor, x.method, x.path, x.status, x.ms, x.code, x.request_id
  from jsonb_to_recordset(p_rows) as x(
    workspace_id uuid, id uuid, at timestamptz, actor text, method text, path text, status int, ms int, code text,
    request_id text)
  join workspace w on w.id = x.workspace_id
  on conflict do nothing
$$;

-- Forgets what is older than p_before, and of each workspace what is not among its newest p_keep. Returns how many went.
create function request_log_forget(p_before timestamptz, p_keep int) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_gone int;
  v_more int;
begin
  delete from request_log where at < p_before;
  get diagnostics v_gone = row_count;
  delete from request_log r using (
    select w.id as workspace_id, (
      select x.id from request_log x where x.workspace_id = w.id order by x.id desc offset p_keep limit 1) as last
    from workspace w
  ) k
  where r.workspace_id = k.workspace_id and r.id <= k.last;
  get diagnostics v_more = row_count;
  return v_gone + v_more;
end $$;

grant create on schema public to parley_dispatch;
alter function request_log_write(jsonb) owner to parley_dispatch;
alter function request_log_forget(timestamptz, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function request_log_write(jsonb), request_log_forget(timestamptz, int) from public;
grant execute on function request_log_write(jsonb), request_log_forget(timestamptz, int) to parley_app;

-- Since when the oldest piece of work waits that nobody takes, where that is more than a minute: workers are gone, or too few.
-- What waits for a connection that is held open waits for its channel.
create function work_waiting_since() returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select least(
    (select min(m.due_at) from mailbox m where m.due_at < now() - interval '60 seconds'),
    (select min(d.due_at) from delivery d
      where d.due_at < now() - interval '60 seconds' and d.account not like 'connection:%'))
$$;
grant create on schema public to parley_dispatch;
alter function work_waiting_since() owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function work_waiting_since() from public;
grant execute on function work_waiting_since() to parley_app;
