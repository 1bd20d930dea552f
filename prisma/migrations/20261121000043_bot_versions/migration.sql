-- Versions of bots: a draft beside what is published, who published what and why, test sets, and what a bot could learn.

-- move: the next turn is of the new version; finish: what is under way ends with the version it began with.
alter table bot add column running_conversations text not null default 'move';
alter table bot add constraint bot_running_conversations check (running_conversations in ('move', 'finish'));

alter table bot_version
  add column note text,
  -- The version that was rolled back to.
  add column from_version int,
  -- What the test set came to; null when it was not run.
  add column tests_passed int,
  add column tests_failed int,
  -- Why it was published although tests failed.
  add column forced_reason text,
  add column created_by text;

-- What an author is at work on. It stays, empty, when it is published, so that a revision is never used twice.
create table bot_draft (
  workspace_id uuid not null,
  bot_id uuid not null,
  -- Null: as published.
  definition jsonb,
  revision int not null default 0,
  updated_by text,
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, bot_id),
  foreign key (workspace_id, bot_id) references bot (workspace_id, id) on update cascade on delete cascade
);

-- Conversations with expectations; the same for all versions, so that they can be compared.
create table bot_test_set (
  workspace_id uuid not null,
  bot_id uuid not null,
  conversations jsonb not null,
  revision int not null default 0,
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, bot_id),
  foreign key (workspace_id, bot_id) references bot (workspace_id, id) on update cascade on delete cascade
);

-- What a bot could learn, until a person agrees.
create table bot_proposal (
  workspace_id uuid not null,
  id uuid not null,
  bot_id uuid not null,
  kind text not null,
  -- As it was said, without private pieces.
  text text not null,
  -- Folded, without punctuation: the same thing is proposed once.
  words text not null,
  intent_id text,
  answer text,
  source text not null,
  times int not null default 1,
  -- The message that was counted last: a turn that is run again counts once.
  last_message uuid,
  state text not null default 'waiting',
  decided_by text,
  decided_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, bot_id) references bot (workspace_id, id) on update cascade on delete cascade
);
alter table bot_proposal add constraint bot_proposal_kind check (kind in ('phrasing', 'answer'));
alter table bot_proposal add constraint bot_proposal_source check (source in ('operator', 'unanswered'));
alter table bot_proposal add constraint bot_proposal_state check (state in ('waiting', 'approved', 'dismissed'));
-- What was dismissed is not proposed again by itself; what was approved can be, when it did not help.
create unique index bot_proposal_once on bot_proposal (workspace_id, bot_id, words) where state <> 'approved';
create index bot_proposal_waiting on bot_proposal (workspace_id, bot_id, state, id);

do $$
declare
  name text;
begin
  foreach name in array array['bot_draft', 'bot_test_set', 'bot_proposal'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;
