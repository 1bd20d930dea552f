-- Channels whose providers do not send again for long: every gateway knows them beforehand, because it cannot ask once the
-- database is away.
create function channel_versions(p_connectors text[], p_limit int)
returns table (channel_id uuid, version int)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.version from channel c
  where c.state = 'active' and c.connector = any (p_connectors)
  order by c.id desc limit p_limit
$$;

grant create on schema public to parley_dispatch;
alter function channel_versions(text[], int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function channel_versions(text[], int) from public;
grant execute on function channel_versions(text[], int) to parley_app;
