-- Channels that take over where a provider cannot be reached.

alter table channel add column fallback_channel_ids uuid[] not null default '{}';

-- Sends a claimed delivery by another channel from now on: nothing was accepted by the one before. Where its receipts come
-- from, and who is asked for it, is that channel then. Returns whether the claim still held.
create function delivery_divert(p_workspace text, p_worker text, p_id uuid, p_epoch int, p_channel uuid, p_account text,
  p_class text, p_entry json) returns boolean
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace, true);
  update delivery d
  set channel_id = p_channel, account = p_account, class = p_class, status = 'queued', leased_by = null, error = null,
    log = d.log || jsonb_build_array(p_entry::jsonb), due_at = clock_timestamp()
  where d.workspace_id = p_workspace::uuid and d.id = p_id and d.epoch = p_epoch and d.leased_by = p_worker
    and d.status = 'sending';
  return found;
end $$;
