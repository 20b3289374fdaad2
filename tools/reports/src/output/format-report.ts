import type { Report } from '../report.ts';
import { table, type Column } from './table.ts';

/** The report for people. */
export function formatReport(report: Report): string {
  const parts = [
    ...report.unreachable.map((reason) => `! ${reason}`),
    ...report.withoutStatements.map(
      (host) => `! ${host} has no pg_stat_statements: preload it, then CREATE EXTENSION pg_stat_statements`,
    ),
    section('Hosts, as each process sees them', report.hosts, hostColumns),
    section('Statements, by time spent', report.statements, statementColumns),
    section('Indexes that no server uses', report.unusedIndexes, [
      { title: 'index', value: ({ index }) => index },
      { title: 'table', value: ({ table }) => table },
      { title: 'size', align: 'right', value: ({ bytes }) => size(bytes) },
    ]),
    section('Big tables read from end to end', report.sequentialScans, [
      { title: 'host', value: ({ host }) => host },
      { title: 'table', value: ({ table }) => table },
      { title: 'rows', align: 'right', value: ({ rows }) => whole(rows) },
      { title: 'scans', align: 'right', value: ({ scans }) => whole(scans) },
      { title: 'rows/scan', align: 'right', value: ({ rowsPerScan }) => whole(rowsPerScan) },
    ]),
    section('Found in memory', report.cacheHits, [
      { title: 'host', value: ({ host }) => host },
      { title: 'tables', align: 'right', value: ({ tablesPercent }) => percent(tablesPercent) },
      { title: 'indexes', align: 'right', value: ({ indexesPercent }) => percent(indexesPercent) },
      { title: 'counted since', value: ({ since }) => since ?? 'the beginning' },
    ]),
    ...report.connections.map(({ host, used, max, groups }) =>
      section(`Connections of ${host}: ${used} of ${max}`, groups, [
        { title: 'role', value: ({ role }) => role },
        { title: 'application', value: ({ application }) => application },
        { title: 'state', value: ({ state }) => state },
        { title: 'count', align: 'right', value: ({ count }) => whole(count) },
        { title: 'oldest s', align: 'right', value: ({ oldestS }) => oldestS.toFixed(1) },
      ]),
    ),
    section('Replicas', report.replication, [
      { title: 'replica', value: ({ replica }) => replica },
      { title: 'state', value: ({ state }) => state },
      { title: 'behind', align: 'right', value: ({ behindBytes }) => size(behindBytes) },
      {
        title: 'replay lag ms',
        align: 'right',
        value: ({ replayLagMs }) => replayLagMs?.toFixed(1) ?? 'idle',
      },
    ]),
  ];
  return `Postgres ${report.primary}\n\n${parts.join('\n\n')}\n`;
}

const statementColumns: readonly Column<Report['statements'][number]>[] = [
  { title: 'share', align: 'right', value: ({ sharePercent }) => percent(sharePercent) },
  { title: 'total ms', align: 'right', value: ({ totalMs }) => totalMs.toFixed(1) },
  { title: 'mean ms', align: 'right', value: ({ meanMs }) => meanMs.toFixed(3) },
  { title: 'calls', align: 'right', value: ({ calls }) => whole(calls) },
  { title: 'rows', align: 'right', value: ({ rows }) => whole(rows) },
  { title: 'host', value: ({ host }) => host },
  { title: 'role', value: ({ role }) => role },
  { title: 'statement', value: ({ query }) => query, widthMax: 100 },
];

const hostColumns: readonly Column<Report['hosts'][number]>[] = [
  { title: 'seen by', value: ({ seenBy }) => seenBy },
  { title: 'host', value: ({ name }) => name },
  { title: 'role', value: ({ role }) => role },
  { title: 'state', value: ({ state }) => state },
  { title: 'lag ms', align: 'right', value: ({ lagMs }) => (lagMs === null ? '–' : whole(lagMs)) },
  { title: 'behind', align: 'right', value: ({ lagBytes }) => (lagBytes === null ? '–' : size(lagBytes)) },
  { title: 'in flight', align: 'right', value: ({ inFlight }) => whole(inFlight) },
  { title: 'waiting', align: 'right', value: ({ waiting }) => whole(waiting) },
  { title: 'ejections', align: 'right', value: ({ ejections }) => whole(ejections) },
  { title: 'latency ms', align: 'right', value: ({ latencyMs }) => latencyMs.toFixed(2) },
  { title: 'weight', align: 'right', value: ({ weight }) => weight.toFixed(2) },
  { title: 'position', value: ({ replayed }) => replayed ?? '–' },
  { title: 'reason', value: ({ reason }) => reason, widthMax: 60 },
];

function section<Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return `${title}\n${rows.length === 0 ? 'none' : table(rows, columns)}`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const percent = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(1)} %`);

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
