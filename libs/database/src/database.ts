import { setTimeout as sleep } from 'node:timers/promises';

import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
} from 'kysely';

import { createDatabaseEvents, type DatabaseEvents } from './events.ts';
import { HostMonitor } from './hosts/health.ts';
import type { HostStatus } from './hosts/host-status.ts';
import { Host } from './hosts/host.ts';
import { completeOptions, type CompleteOptions, type DatabaseOptions } from './options.ts';
import { Catalogue } from './routing/catalogue.ts';
import { Classifier } from './routing/classifier.ts';
import type { RoutingContext } from './routing/context.ts';
import { loadCatalogue } from './routing/load-catalogue.ts';
import { Router } from './routing/router.ts';
import { RoutingExecutor } from './routing/routing-executor.ts';
import { createSessionDriver } from './session/session-driver.ts';
import { createSession, currentSession } from './session/session.ts';

const CAUGHT_UP_POLL_MS = 20;

/** The parts a database is made of. */
type Parts = RoutingContext & { readonly monitors: ReadonlyMap<Host, HostMonitor> };

/**
 * A Kysely over a primary and its replicas: selects that are provably reads go to a replica, everything else to the
 * primary. Hosts may be down at any time, also at the start.
 */
export class Database<Schema> extends Kysely<Schema> {
  readonly events: DatabaseEvents;
  readonly #parts: Parts;

  constructor(options: DatabaseOptions) {
    const parts = createParts(completeOptions(options));
    const dialect = dialectOf(parts);
    super({
      config: { dialect },
      dialect,
      driver: dialect.createDriver(),
      executor: new RoutingExecutor(parts),
    });
    this.#parts = parts;
    this.events = parts.events;
    for (const monitor of parts.monitors.values()) monitor.start();
  }

  /** Every host as known from the last probes. */
  hosts(): HostStatus[] {
    return [...this.#parts.monitors.keys()].map((host) => host.status());
  }

  /** Probes every host now. Takes at most the probe's timeout and never rejects. */
  async check(): Promise<HostStatus[]> {
    await Promise.all([...this.#parts.monitors.values()].map((monitor) => monitor.probe()));
    return this.hosts();
  }

  /**
   * Waits until every replica in rotation shows what this session wrote (without a session: what the primary holds
   * now). False when that takes longer than `timeoutMs`.
   */
  async caughtUp({ timeoutMs }: { readonly timeoutMs: number }): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    const session = currentSession() ?? createSession(await this.#primaryPosition());
    for (;;) {
      const { router, monitors } = this.#parts;
      const behind = router.replicas.filter(
        (host) => host.state === 'up' && !session.canReadAt(host.position),
      );
      if (behind.length === 0) return true;
      if (performance.now() >= deadline) return false;
      const probes = Promise.all(behind.flatMap((host) => monitors.get(host)?.probe() ?? []));
      await Promise.race([probes, sleep(deadline - performance.now())]);
      await sleep(Math.max(0, Math.min(CAUGHT_UP_POLL_MS, deadline - performance.now())));
    }
  }

  async #primaryPosition(): Promise<string> {
    const { rows } = await this.executeQuery<{ position: string }>(
      CompiledQuery.raw('select pg_current_wal_flush_lsn() as position'),
    );
    const [row] = rows;
    if (!row) throw new Error('the primary tells no position');
    return row.position;
  }
}

/** Opens a database. Nothing is connected yet when it returns; what cannot be reached heals when it comes. */
export function createDatabase<Schema>(options: DatabaseOptions): Database<Schema> {
  return new Database<Schema>(options);
}

function createParts(options: CompleteOptions): Parts {
  const events = createDatabaseEvents();
  const monitors = new Map<Host, HostMonitor>();
  const createHost = (url: string, role: 'primary' | 'replica') => {
    const isReplica = role === 'replica';
    const host = new Host({
      url,
      role,
      applicationName: options.applicationName,
      poolSizeMax: options.poolSizeMax,
      waitersMax: options.waitersMax,
      acquireTimeoutMs: options.acquireTimeoutMs,
      connectTimeoutMs: isReplica
        ? Math.min(options.acquireTimeoutMs, options.replicaTimeoutMs)
        : options.acquireTimeoutMs,
      statementTimeoutMs: options.statementTimeoutMs,
      deadlineMs: isReplica ? options.replicaTimeoutMs : undefined,
      onConnectionFailure: (failed, error) => monitors.get(failed)?.onConnectionFailure(error),
    });
    monitors.set(host, new HostMonitor(host, { ...options, events }));
    return host;
  };
  const primary = createHost(options.primary, 'primary');
  const replicas = options.replicas.map((url) => createHost(url, 'replica'));
  const router = new Router(primary, replicas, {
    limit: Math.max(1, Math.floor(options.poolSizeMax * options.fallbackShareMax)),
    waitersMax: options.waitersMax,
    timeoutMs: options.acquireTimeoutMs,
  });
  const catalogue = new Catalogue(() => loadCatalogue(router));
  return { events, monitors, router, catalogue, classifier: new Classifier(catalogue) };
}

function dialectOf(parts: Parts): Dialect {
  let ending: Promise<void> | undefined;
  return {
    createDriver: () => createSessionDriver(parts.router.primary.driver, () => (ending ??= endParts(parts))),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

/** Ends probes and connections; what runs gets two seconds. */
async function endParts({ monitors }: Parts): Promise<void> {
  await Promise.all([...monitors.values()].map((monitor) => monitor.stop()));
  await Promise.all([...monitors.keys()].map((host) => host.end()));
}
