-- What people and operators say of an answer of the bot: one opinion each, which can change.

create table message_feedback (
  workspace_id uuid not null,
  message_id uuid not null,
  -- `contact`, or an operator or a program as the audit log names it.
  author text not null,
  rating text not null,
  reason text,
  -- In their own words; it stands here and in no event.
  comment text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, message_id, author),
  foreign key (workspace_id, message_id) references message (workspace_id, id) on update cascade on delete cascade
);
alter table message_feedback add constraint message_feedback_rating check (rating in ('up', 'down'));

alter table message_feedback enable row level security;
alter table message_feedback force row level security;
create policy workspace_isolation on message_feedback to parley_app
  using (workspace_id = any ((select parley_workspaces())::uuid[]))
  with check (workspace_id = any ((select parley_workspaces())::uuid[]));
grant select, insert, update, delete on message_feedback to parley_app;

-- An answer that was not liked is something to learn.
alter table bot_proposal drop constraint bot_proposal_source;
alter table bot_proposal add constraint bot_proposal_source check (source in ('operator', 'unanswered', 'feedback'));
