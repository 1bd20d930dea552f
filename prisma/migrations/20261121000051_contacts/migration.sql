-- One person, who is known by several addresses.

-- How we know that an address is theirs: they wrote from it, somebody says so, or somebody has checked it.
alter table identity add column proof text not null default 'seen';
alter table identity add constraint identity_proof check (proof in ('seen', 'claimed', 'verified'));

-- Who said so: the person themselves, or a program for them.
alter table consent add column source text not null default 'person';
alter table consent add constraint consent_source check (source in ('person', 'api'));

-- A contact that turned out to be another one: everything that was theirs is the other's.
alter table contact add column merged_into uuid;
alter table contact add constraint contact_workspace_id_merged_into_fkey foreign key (workspace_id, merged_into)
  references contact (workspace_id, id) on update cascade on delete cascade;
alter table contact add constraint contact_merged_elsewhere check (merged_into <> id);
create index contact_merged_into on contact (workspace_id, merged_into) where merged_into is not null;

-- That two contacts were found to be one person, and what it takes to part them again.
create table contact_merge (
  workspace_id uuid not null,
  id uuid not null,
  kept_id uuid not null,
  merged_id uuid not null,
  -- What was the merged one's: {identities, conversations, sessions, contacts: uuids; name, attributes: what the kept one got}.
  moved jsonb not null,
  merged_at timestamptz(3) not null default now(),
  undo_until timestamptz(3) not null,
  undone_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, kept_id) references contact (workspace_id, id) on update cascade on delete cascade,
  foreign key (workspace_id, merged_id) references contact (workspace_id, id) on update cascade on delete cascade
);
create index contact_merge_workspace_id_kept_id_idx on contact_merge (workspace_id, kept_id);
create index contact_merge_workspace_id_merged_id_idx on contact_merge (workspace_id, merged_id);
alter table contact_merge enable row level security;
alter table contact_merge force row level security;
create policy workspace_isolation on contact_merge to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on contact_merge to parley_app;

-- Whoever looked up the contact of an address a moment before it was merged writes for the one that was kept. The lock waits
-- for a merge that is under way.
create function contact_kept() returns trigger
language plpgsql as $$
begin
  select coalesce(c.merged_into, c.id) into new.contact_id
  from contact c where c.workspace_id = new.workspace_id and c.id = new.contact_id
  for key share;
  return new;
end $$;
create trigger conversation_contact_kept before insert on conversation for each row execute function contact_kept();
create trigger session_contact_kept before insert on session for each row execute function contact_kept();
create trigger identity_contact_kept before insert on identity for each row execute function contact_kept();
