-- Programs of others (OAuth 2 client credentials), keys for trying things out, and the keys with which a customer's server
-- vouches for its visitors.

alter table api_key
  -- Reads, and talks to the bot in sessions of its own; changes nothing and reaches nobody.
  add column is_test boolean not null default false;

create table oauth_client (
  workspace_id uuid not null,
  id uuid not null unique,
  name text not null,
  secret_hash text not null,
  scopes text[] not null,
  -- The secret before; good until previous_until.
  previous_hash text,
  previous_until timestamptz(3),
  -- The write that rotated last: repeated, it rotates nothing.
  rotated_by uuid,
  created_at timestamptz(3) not null default now(),
  -- To the token: a client that never asks for one is of no use.
  last_used_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);

create table oauth_token (
  workspace_id uuid not null,
  id uuid not null unique,
  client_id uuid not null,
  -- SHA-256 of 256 random bits.
  token_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, client_id) references oauth_client (workspace_id, id) on update cascade on delete cascade
);
create index oauth_token_workspace_id_client_id_expires_at_idx on oauth_token (workspace_id, client_id, expires_at);

create table visitor_key (
  workspace_id uuid not null,
  id uuid not null unique,
  channel_id uuid not null,
  algorithm text not null,
  -- A shared secret, sealed; null for a public key.
  secret text,
  -- In PEM (SPKI); null for a shared secret.
  public_key text,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, channel_id) references channel (workspace_id, id) on update cascade on delete cascade
);
alter table visitor_key add constraint visitor_key_algorithm check (algorithm in ('HS256', 'RS256', 'ES256', 'EdDSA'));
alter table visitor_key add constraint visitor_key_kind
  check ((algorithm = 'HS256') = (secret is not null) and (secret is null) = (public_key is not null));
create index visitor_key_workspace_id_channel_id_idx on visitor_key (workspace_id, channel_id);

do $$
declare
  name text;
begin
  foreach name in array array['oauth_client', 'oauth_token', 'visitor_key'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- Whose is it?
grant select (workspace_id, id) on oauth_client, oauth_token to parley_dispatch;
create policy dispatch on oauth_client for select to parley_dispatch using (true);
create policy dispatch on oauth_token for select to parley_dispatch using (true);

create function oauth_client_workspace(uuid) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from oauth_client where id = $1 $$;

create function oauth_token_workspace(uuid) returns uuid
  language sql stable security definer set search_path = public, pg_temp
  as $$ select workspace_id from oauth_token where id = $1 $$;

create function load_oauth_client(uuid) returns setof oauth_client
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', coalesce(oauth_client_workspace($1)::text, ''), true);
  return query select c.* from oauth_client c where c.id = $1;
end $$;

create function load_oauth_token(uuid) returns setof oauth_token
  language plpgsql
  as $$
begin
  perform set_config('parley.workspaces', coalesce(oauth_token_workspace($1)::text, ''), true);
  return query select t.* from oauth_token t where t.id = $1;
end $$;

grant create on schema public to parley_dispatch;
alter function oauth_client_workspace(uuid) owner to parley_dispatch;
alter function oauth_token_workspace(uuid) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function oauth_client_workspace(uuid), oauth_token_workspace(uuid) from public;
grant execute on function oauth_client_workspace(uuid), oauth_token_workspace(uuid) to parley_app;
