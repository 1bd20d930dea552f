-- What tables for people need: they are written by the server as they are read, a million rows without one object outside.

-- The identifier of a kind, as the API writes it: 130 bits, of which the first two are zero, in 26 letters of Crockford's base32.
create function parley_id(p_prefix text, p_id uuid) returns text
language sql immutable strict parallel safe as $$
  select p_prefix || '_' || substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 1 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 6 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 11 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 16 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 21 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 26 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 31 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 36 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 41 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 46 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 51 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 56 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 61 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 66 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 71 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 76 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 81 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 86 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 91 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 96 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 101 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 106 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 111 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 116 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 121 for 5)::bit(5)::int + 1, 1) ||
    substr('0123456789abcdefghjkmnpqrstvwxyz', substring(u.bits from 126 for 5)::bit(5)::int + 1, 1)
  from (select (B'00' || ('x' || replace(p_id::text, '-', ''))::bit(128))::bit(130) as bits) u
$$;

-- A text of a cell that no spreadsheet takes for a formula: as libs/archive does it for the API.
-- See https://owasp.org/www-community/attacks/CSV_Injection (read 2026-11-21).
create function parley_cell(p_text text) returns text
language sql immutable strict parallel safe as $$
  select case
    when p_text ~ '^[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]|^[\t\r\n]'
    then '''' || p_text else p_text end
$$;
