/** Settings of a PostgreSQL server by name, as in `postgresql.conf`. */
export type ServerSettings = Readonly<Record<string, string | number>>;

/**
 * What an embedded server runs with unless told otherwise.
 *
 * It listens on 127.0.0.1 only, and on no socket file: a path above 107 bytes would not fit one. 200 connections are
 * the pools of a gateway and a worker with room for tools; 128 MB is PostgreSQL's own default for shared buffers.
 *
 * @see https://www.postgresql.org/docs/18/runtime-config-resource.html (read 2026-11-21)
 */
export const defaultSettings: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** Settings for tests: a crash of the machine may lose data, in exchange for commits without a disk flush. */
export const settingsForTests: ServerSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** Writes settings as options for the server's command line, as `pg_ctl -o` takes them. */
export function toServerOptions(settings: ServerSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value === '' ? "''" : String(value)}`)
    .join(' ');
}
