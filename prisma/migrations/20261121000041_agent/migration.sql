-- What an agent with a model needs: sealed values of a workspace, what is known of a contact, and tools that wait for an operator.

-- A value that definitions of bots name and never hold, such as the key of a model.
create table secret (
  workspace_id uuid not null,
  name text not null,
  -- Sealed for exactly this row.
  sealed text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, name),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);

-- Something that is known of one person, across their conversations and channels.
create table contact_fact (
  workspace_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  text text not null,
  -- Who noted it.
  source text not null,
  -- Where; it stays known when that conversation is gone.
  conversation_id uuid,
  noted_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on update cascade on delete cascade
);
-- The same words again only last longer.
create unique index contact_fact_text on contact_fact (workspace_id, contact_id, md5(text));
create index contact_fact_expiry on contact_fact (expires_at);

-- A tool that a bot wants to run and an operator decides about.
create table approval (
  workspace_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  -- The tool's idempotency key, by which the bot knows it again.
  call_id text not null,
  tool text not null,
  input jsonb not null,
  status text not null default 'waiting',
  decided_by text,
  decided_at timestamptz(3),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
alter table approval add constraint approval_status check (status in ('waiting', 'approved', 'refused'));
create unique index approval_call on approval (workspace_id, conversation_id, call_id);
create index approval_waiting on approval (workspace_id, created_at) where status = 'waiting';

do $$
declare
  name text;
begin
  foreach name in array array['secret', 'contact_fact', 'approval'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- What an agent is told of a contact before a turn: nothing expired, the newest first.
create function contact_facts(p_workspace text, p_contact uuid, p_limit int)
returns table (id uuid, text text, source text, noted_at timestamptz, expires_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('parley.workspaces', p_workspace, true);
  return query
    select f.id, f.text, f.source, f.noted_at::timestamptz, f.expires_at::timestamptz from contact_fact f
    where f.workspace_id = p_workspace::uuid and f.contact_id = p_contact and f.expires_at > clock_timestamp()
    order by f.noted_at desc, f.id desc limit p_limit;
end $$;
