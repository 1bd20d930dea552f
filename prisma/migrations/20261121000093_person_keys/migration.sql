-- Keys of what is kept outside of the tables: every file is sealed with a key of its own. That key is sealed with the key of
-- the person from whom the file came, or with the workspace's where it came from nobody, or from several people.
-- Whoever destroys a person's key makes their files unreadable wherever copies of them are.

create table contact_key (
  workspace_id uuid not null,
  contact_id uuid not null,
  -- 32 bytes, sealed with the workspace's data key.
  sealed text not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, contact_id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on update cascade on delete cascade
);

create table file_key (
  workspace_id uuid not null,
  -- Of the plain bytes, in hexadecimal: the name of the file.
  sha256 text not null,
  -- Whose key sealed this one; null: the workspace's.
  contact_id uuid,
  sealed text not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, sha256),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade,
  foreign key (workspace_id, contact_id) references contact_key (workspace_id, contact_id)
    on update cascade on delete cascade
);
create index file_key_contact on file_key (workspace_id, contact_id);

do $$
declare
  v_table text;
begin
  foreach v_table in array array['contact_key', 'file_key'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy workspace_isolation on %I to parley_app
      using (workspace_id = any ((select parley_workspaces())::uuid[]))
      with check (workspace_id = any ((select parley_workspaces())::uuid[]))', v_table);
    execute format('grant select, insert, update, delete on %I to parley_app', v_table);
  end loop;
end $$;

-- As before, and whose file it is.
create or replace function media_open(p_worker text, p_limit int, p_lease_ms int, p_channels uuid[]) returns setof json
language plpgsql as $$
declare
  v_claims media_claim[];
begin
  select array_agg(t) into v_claims from media_take(p_worker, p_limit, p_lease_ms, p_channels) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', m.workspace_id, 'id', m.id, 'epoch', t.epoch, 'channelId', m.channel_id, 'isOverConnection', m.is_over_connection,
      'conversationId', m.conversation_id, 'contactId', c.contact_id, 'inboxEventId', m.inbox_event_id, 'source', m.source,
      'declaredType', m.declared_type, 'fileName', m.file_name, 'attempts', m.attempts,
      'ageMs', extract(epoch from clock_timestamp() - m.created_at) * 1000)
    from unnest(v_claims) t
    join media m on m.workspace_id = t.workspace_id and m.id = t.id
    left join conversation c on c.workspace_id = m.workspace_id and c.id = m.conversation_id;
end $$;
