-- Looking after channels: whether they work, and what providers kept while we were away.

alter table channel add column check_due_at timestamptz(3) not null default now();
alter table channel add column gap_due_at timestamptz(3) not null default now();

grant select (check_due_at, gap_due_at), update (check_due_at, gap_due_at) on channel to parley_dispatch;
create policy dispatch_due on channel for update to parley_dispatch using (true) with check (true);

-- Claims active channels of these connectors that are due for a check or for a look into the provider's past, and puts each
-- off to its next one: one worker at a time looks.
create function channel_take(p_what text, p_connectors text[], p_every_ms int, p_limit int)
returns table (workspace_id uuid, channel_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if p_what = 'check' then
    return query
      update channel c set check_due_at = clock_timestamp() + make_interval(secs => p_every_ms / 1000.0)
      where c.id in (
        select x.id from channel x
        where x.state = 'active' and x.connector = any (p_connectors) and x.check_due_at <= clock_timestamp()
        order by x.check_due_at limit p_limit for update skip locked)
      returning c.workspace_id, c.id;
  else
    return query
      update channel c set gap_due_at = clock_timestamp() + make_interval(secs => p_every_ms / 1000.0)
      where c.id in (
        select x.id from channel x
        where x.state = 'active' and x.connector = any (p_connectors) and x.gap_due_at <= clock_timestamp()
        order by x.gap_due_at limit p_limit for update skip locked)
      returning c.workspace_id, c.id;
  end if;
end $$;

grant create on schema public to parley_dispatch;
alter function channel_take(text, text[], int, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function channel_take(text, text[], int, int) from public;
grant execute on function channel_take(text, text[], int, int) to parley_app;
