/** Settings of a server, by name. */
export type Settings = Readonly<Record<string, string>>;

/** What every server gets: small, on loopback only, ready to be replicated. */
export const BASE_SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  wal_level: 'replica',
  wal_keep_size: '512MB',
  max_wal_senders: '10',
  hot_standby: 'on',
  wal_retrieve_retry_interval: '200ms',
  wal_receiver_status_interval: '1s',
  wal_sender_timeout: '10s',
  wal_receiver_timeout: '10s',
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_line_prefix: '%m [%p] ',
  shared_preload_libraries: 'pg_stat_statements',
};

/** Only for data that is thrown away at the end. */
export const THROWAWAY_SETTINGS: Settings = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  wal_keep_size: '128MB',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
};

/** `-c name=value` for each setting. */
export function settingArguments(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
