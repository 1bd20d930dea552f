-- Console log-in: who a person is on this installation, their sessions, what they may do in each workspace, and who was
-- asked to join.
--
-- A login belongs to no workspace, because one person may work in several. Its rows are visible only to a transaction that
-- names it in the transaction-local setting parley.login, as rows of workspaces are to one that names the workspace.

create table login (
  -- Also the member's id in every workspace.
  id uuid primary key,
  -- In lower case.
  email text not null unique,
  name text not null,
  -- Argon2id.
  password_hash text not null,
  -- Sealed; counts from totp_since on, when a first code has shown that the app knows it.
  totp_secret text,
  totp_since timestamptz(3),
  -- The step of the code that was taken last: none is taken twice.
  totp_step bigint,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table login_session (
  login_id uuid not null,
  id uuid not null unique,
  -- SHA-256 of 256 random bits, which are in the cookie and nowhere else.
  token_hash bytea not null unique,
  -- second-factor: the password was right, and nothing is open yet.
  stage text not null,
  -- Where it was begun, as the browser and the network say.
  user_agent text not null default '',
  ip text not null default '',
  created_at timestamptz(3) not null default now(),
  seen_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  primary key (login_id, id),
  foreign key (login_id) references login (id) on update cascade on delete cascade
);
alter table login_session add constraint login_session_stage check (stage in ('second-factor', 'signed-in'));

create table recovery_code (
  login_id uuid not null,
  -- SHA-256 of 80 random bits.
  code_hash bytea not null,
  used_at timestamptz(3),
  primary key (login_id, code_hash),
  foreign key (login_id) references login (id) on update cascade on delete cascade
);

-- Members that there are get a login with the password that they have; of one address, the oldest.
alter table member no force row level security;
insert into login (id, email, name, password_hash, created_at)
  select distinct on (m.email) m.id, m.email, m.name, m.password_hash, m.created_at from member m order by m.email, m.created_at;
update member m set id = l.id from login l where l.email = m.email and l.id <> m.id;
alter table member drop column password_hash;
alter table member add column permissions text[] not null default '{}';
alter table member add constraint member_role
  check (role in ('owner', 'admin', 'operator', 'bot-author', 'viewer', 'custom'));
alter table member add constraint member_id_fkey foreign key (id) references login (id) on update cascade on delete cascade;
create index member_id_idx on member (id);
alter table member force row level security;

create table invitation (
  workspace_id uuid not null,
  id uuid not null unique,
  -- In lower case.
  email text not null,
  role text not null,
  permissions text[] not null default '{}',
  -- SHA-256 of 256 random bits, which are in the link and nowhere else.
  token_hash bytea not null unique,
  -- As the audit log names them.
  invited_by text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  primary key (workspace_id, id),
  unique (workspace_id, email),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);

alter table invitation enable row level security;
alter table invitation force row level security;
create policy workspace_isolation on invitation to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on invitation to parley_app;

-- The login of this transaction; null when none is named, and then no row of any is visible.
create function parley_login() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('parley.login', true), '')::uuid $$;

do $$
declare
  name text;
begin
  foreach name in array array['login', 'login_session', 'recovery_code'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy login_isolation on %I to parley_app
         using (%2$I = (select parley_login())) with check (%2$I = (select parley_login()))',
      name, case name when 'login' then 'id' else 'login_id' end);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- Whose is it? Answers are ids; what is behind them is read under the policies.
grant select (id, email) on login to parley_dispatch;
grant select (login_id, token_hash) on login_session to parley_dispatch;
grant select (workspace_id, id) on member to parley_dispatch;
grant select (workspace_id, id, token_hash) on invitation to parley_dispatch;
create policy dispatch on login for select to parley_dispatch using (true);
create policy dispatch on login_session for select to parley_dispatch using (true);
create policy dispatch on member for select to parley_dispatch using (true);
create policy dispatch on invitation for select to parley_dispatch using (true);

create function login_of_email(text) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select id from login where email = $1 $$;

create function login_of_session(bytea) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select login_id from login_session where token_hash = $1 $$;

create function login_workspaces(uuid) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from member where id = $1 order by workspace_id $$;

create function invitation_workspace(bytea) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from invitation where token_hash = $1 $$;

-- What every request of the console needs, in one round trip. No row: no session that goes on. Without a role, the
-- person is no member of that workspace.
create function load_login_session(p_hash bytea, p_workspace uuid)
  returns table (
    login_id uuid, id uuid, stage text, seen_at timestamptz, expires_at timestamptz, role text, permissions text[])
  language plpgsql
  as $$
begin
  perform set_config('parley.login', coalesce(login_of_session(p_hash)::text, ''), true);
  perform set_config('parley.workspaces', coalesce(p_workspace::text, ''), true);
  return query
    select s.login_id, s.id, s.stage, s.seen_at, s.expires_at, m.role, m.permissions
      from login_session s
      left join member m on m.workspace_id = p_workspace and m.id = s.login_id
     where s.token_hash = p_hash and s.expires_at > now();
end $$;

-- Allowances: how much of something may be done in a time, for everybody who asks, whichever process they ask. The generic
-- cell rate algorithm: one instant per key says when it will be at rest again. Losing them in a crash makes all well rested.
create unlogged table allowance (
  key text primary key,
  rests_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
grant select, insert, update, delete on allowance to parley_dispatch;

-- Takes p_cost from every key or, when one of them has too little, from none. A negative cost gives back.
-- p_refill_us: microseconds in which one comes back. p_burst: how many there are after a rest.
create function allowance_take(p_keys text[], p_refill_us bigint[], p_burst int[], p_cost int)
  returns table (key text, is_allowed boolean, remaining int, reset_ms bigint, retry_ms bigint)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
#variable_conflict use_column
declare
  v_now timestamptz;
begin
  insert into allowance as a (key, rests_at)
    select k, clock_timestamp() from unnest(p_keys) k order by k on conflict do nothing;
  perform from allowance a where a.key = any (p_keys) order by a.key for update;
  v_now := clock_timestamp();
  return query
    with asked as (
      select u.key, u.refill * interval '1 microsecond' as refill, u.burst,
             greatest(a.rests_at, v_now) as rests_at
        from unnest(p_keys, p_refill_us, p_burst) u(key, refill, burst)
        join allowance a on a.key = u.key),
    after as (
      select *, greatest(rests_at + p_cost * refill, v_now) as next_at,
             rests_at + p_cost * refill - burst * refill <= v_now or p_cost < 0 as fits
        from asked),
    verdict as (select bool_and(fits) as all_fit from after),
    written as (
      update allowance a set rests_at = n.next_at from after n, verdict v
       where a.key = n.key and v.all_fit returning a.key)
    select n.key, n.fits,
           greatest(0, floor(extract(epoch from n.burst * n.refill
             - (case when v.all_fit then n.next_at else n.rests_at end - v_now)) / extract(epoch from n.refill)))::int,
           ceil(extract(epoch from case when v.all_fit then n.next_at else n.rests_at end - v_now) * 1000)::bigint,
           greatest(0, ceil(extract(epoch from n.next_at - n.burst * n.refill - v_now) * 1000))::bigint
      from after n, verdict v;
  if random() < 0.001 then
    delete from allowance a where a.rests_at < v_now - interval '1 hour';
  end if;
end $$;

grant create on schema public to parley_dispatch;
alter function login_of_email(text) owner to parley_dispatch;
alter function login_of_session(bytea) owner to parley_dispatch;
alter function login_workspaces(uuid) owner to parley_dispatch;
alter function invitation_workspace(bytea) owner to parley_dispatch;
alter function allowance_take(text[], bigint[], int[], int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function login_of_email(text), login_of_session(bytea), login_workspaces(uuid),
  invitation_workspace(bytea), allowance_take(text[], bigint[], int[], int) from public;
grant execute on function login_of_email(text), login_of_session(bytea), login_workspaces(uuid),
  invitation_workspace(bytea), allowance_take(text[], bigint[], int[], int) to parley_app;
