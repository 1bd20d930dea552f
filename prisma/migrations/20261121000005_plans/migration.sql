-- Plans of the hot paths that are right whatever the statistics say.
--
-- The server keeps the plan of a function's statement for as long as the connection lives or until the next ANALYZE. On a
-- young database that plan was made for empty tables, where reading all of a table, or all of a workspace, looks as cheap
-- as finding one row: ten minutes later the same plan reads thousands of rows for each message. Batches are small (at most
-- 64) and every row is found by a unique key, so walking from the batch to each row in turn, in the order in which the
-- statement is written, is right at every size.

do $$
declare
  name text;
begin
  foreach name in array array[
    'inbox_accept(text, json, json)', 'mailbox_open(text, int, int)', 'conversation_open(text, json)',
    'mailbox_renew(text, text, int, json)', 'receipt_commit(text, text, json)',
    'delivery_open(text, int, int)', 'delivery_record(text, text, json)', 'delivery_renew(text, text, int, json)'
  ] loop
    execute format('alter function %s set enable_seqscan = off', name);
    execute format('alter function %s set enable_hashjoin = off', name);
    execute format('alter function %s set enable_mergejoin = off', name);
    execute format('alter function %s set join_collapse_limit = 1', name);
    execute format('alter function %s set from_collapse_limit = 1', name);
  end loop;
end $$;

-- Two indexes of one table that begin with the workspace look alike while the table is small, and every foreign key to it
-- would be checked with the wrong one. The workspace stands second: a contact has one anyway.
drop index conversation_workspace_id_contact_id_idx;
create index conversation_contact_id_workspace_id_idx on conversation (contact_id, workspace_id);
drop index identity_workspace_id_contact_id_idx;
create index identity_contact_id_workspace_id_idx on identity (contact_id, workspace_id);
