// The benchmarks' servers and proxies: what is not a test may not import them directly.
export {
  startPostgres,
  startProxy,
  waitFor,
  type FaultProxy,
  type PostgresCluster,
  type PostgresReplica,
} from '@ganitagya/testing';
