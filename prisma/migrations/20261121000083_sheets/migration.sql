-- What tables for people need: they are written by the server as they are read, a million rows without one object outside.

-- A text of a cell that no spreadsheet takes for a formula: as libs/archive does it for the API.
-- Not strict: so the planner writes it into the query instead of calling it.
-- See https://owasp.org/www-community/attacks/CSV_Injection (read 2026-11-21).
create function parley_cell(p_text text) returns text
language sql immutable parallel safe as $$
  select case
    when p_text ~ '^[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]|^[\t\r\n]'
    then '''' || p_text else p_text end
$$;
