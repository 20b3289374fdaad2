import { Host } from './host.ts';
import { connections, type Connections } from './sections/connections.ts';
import { hostsSeenBy, hostsSeenHere, type SeenHost } from './sections/hosts.ts';
import {
  cacheHits,
  sequentialScans,
  unusedIndexes,
  type CacheHits,
  type SequentialScans,
  type UnusedIndex,
} from './sections/indexes.ts';
import { replicaLag, type ReplicaLag } from './sections/replication.ts';
import { slowStatements, type Statement } from './sections/statements.ts';
import type { Targets } from './targets.ts';

/** What the servers tell about themselves. */
export interface Report {
  readonly primary: string;
  /** Replicas and processes that could not be asked, with the reason. */
  readonly unreachable: readonly string[];
  readonly hosts: readonly SeenHost[];
  readonly statements: readonly Statement[];
  /** Servers without pg_stat_statements. */
  readonly withoutStatements: readonly string[];
  readonly unusedIndexes: readonly UnusedIndex[];
  readonly sequentialScans: readonly SequentialScans[];
  readonly cacheHits: readonly CacheHits[];
  readonly connections: readonly Connections[];
  readonly replication: readonly ReplicaLag[];
}

/** Asks every server; a primary that is away is an error, a replica that is away is part of the report. */
export async function createReport(targets: Targets, statementsMax: number): Promise<Report> {
  const { primary, replicas, management = {} } = targets;
  const first = await Host.connect(primary);
  const others = await Promise.allSettled(replicas.map((url) => Host.connect(url)));
  const hosts = [first, ...others.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))];
  try {
    const statements = await Promise.all(hosts.map((host) => slowStatements(host, statementsMax)));
    const seen = await Promise.allSettled([
      hostsSeenHere(targets),
      ...Object.entries(management).map(([name, url]) => hostsSeenBy(name, url)),
    ]);
    return {
      primary: first.name,
      unreachable: [...others, ...seen].flatMap((result) =>
        result.status === 'rejected' ? [String(result.reason)] : [],
      ),
      hosts: seen.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
      statements: statements
        .flatMap((list) => list ?? [])
        .sort((a, b) => b.totalMs - a.totalMs)
        .slice(0, statementsMax),
      withoutStatements: hosts
        .filter((_host, index) => statements[index] === undefined)
        .map(({ name }) => name),
      unusedIndexes: await unusedIndexes(hosts),
      sequentialScans: (await Promise.all(hosts.map(sequentialScans))).flat(),
      cacheHits: await Promise.all(hosts.map(cacheHits)),
      connections: await Promise.all(hosts.map(connections)),
      replication: await replicaLag(first),
    };
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}
