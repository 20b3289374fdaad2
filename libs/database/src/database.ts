import { setTimeout as sleep } from 'node:timers/promises';

import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
} from 'kysely';

import { Discovery } from './discovery/discovery.ts';
import { createDatabaseEvents, type DatabaseEvents } from './events.ts';
import type { HostStatus } from './hosts/host-status.ts';
import { Topology } from './hosts/topology.ts';
import { traceComment } from './hosts/trace-comment.ts';
import { completeOptions, type CompleteOptions, type DatabaseOptions } from './options.ts';
import { Catalogue } from './routing/catalogue.ts';
import { Classifier } from './routing/classifier.ts';
import type { RoutingContext } from './routing/context.ts';
import { Hedging } from './routing/hedging.ts';
import { loadCatalogue } from './routing/load-catalogue.ts';
import { Router } from './routing/router.ts';
import { RoutingExecutor } from './routing/routing-executor.ts';
import { createSessionDriver } from './session/session-driver.ts';
import { createSession, currentSession, type Session } from './session/session.ts';

const CAUGHT_UP_POLL_MS = 20;

/** The parts a database is made of. */
type Parts = RoutingContext & {
  readonly topology: Topology;
  readonly discovery: Discovery;
};

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
  }

  /** Every host as known from the last probes. */
  hosts(): HostStatus[] {
    return this.#parts.topology.hosts.map((host) => host.status());
  }

  /** Probes every host now. Takes at most the probe's timeout, beside a lookup when no host is known. Never rejects. */
  async check(): Promise<HostStatus[]> {
    if (this.#parts.topology.hosts.length === 0) await this.#parts.discovery.refresh();
    await this.#parts.topology.probe();
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
      const { topology } = this.#parts;
      const behind = topology.replicas.filter(
        (host) => host.state === 'up' && !session.canReadAt(host.position),
      );
      if (behind.length === 0) return true;
      if (performance.now() >= deadline) return false;
      await Promise.race([topology.probe(behind), sleep(deadline - performance.now())]);
      await sleep(Math.max(0, Math.min(CAUGHT_UP_POLL_MS, deadline - performance.now())));
    }
  }

  /**
   * Where a session stands that has ended its reads and writes: what it has seen and written, never less. Carry it to the
   * same user's next request or job; asks the hosts, where their last probe does not tell.
   */
  async settle(session: Session): Promise<string | undefined> {
    const { router } = this.#parts;
    // A probe that was under way tells too little; the second one was sent after the reads.
    for (let round = 0; round < 2; round += 1) {
      session.settle(router.primary);
      if (session.isSettled) break;
      const { unsettledHosts } = session;
      const asked = this.#parts.topology.hosts.filter(
        (host) => host === router.primary || unsettledHosts.includes(host),
      );
      await this.#parts.topology.probe(asked);
    }
    session.settle(router.primary, true);
    return session.position;
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

/**
 * The same routing for what builds its own Kysely: `new Kysely({ dialect: createDialect(options) })`. Its hosts are
 * watched from now on, until that Kysely is destroyed.
 */
export function createDialect(options: DatabaseOptions): Dialect {
  return dialectOf(createParts(completeOptions(options)));
}

function createParts(options: CompleteOptions): Parts {
  const events = createDatabaseEvents();
  const topology = new Topology({
    host: {
      ...options,
      connectTimeoutMs: options.acquireTimeoutMs,
      comment: () => traceComment(options.trace()),
    },
    health: { ...options, events },
    events,
    stalenessMaxMs: options.stalenessMaxMs,
  });
  const discovery = new Discovery({
    ...options,
    sources: options.hosts,
    topology,
    refreshMs: options.lookupMs,
    events,
  });
  discovery.start();
  const router = new Router({
    topology,
    balancing: options.balancing,
    stalenessMaxMs: options.stalenessMaxMs,
    strays: {
      limit: Math.max(1, Math.floor(options.poolSizeMax * options.fallbackShareMax)),
      waitersMax: options.waitersMax,
      timeoutMs: options.acquireTimeoutMs,
    },
  });
  const catalogue = new Catalogue(() => loadCatalogue(router));
  return {
    events,
    topology,
    discovery,
    router,
    catalogue,
    classifier: new Classifier(catalogue),
    hedging: new Hedging(options.hedgeShareMax),
  };
}

function dialectOf(parts: Parts): Dialect {
  let ending: Promise<void> | undefined;
  return {
    createDriver: () => createSessionDriver(parts, () => (ending ??= endParts(parts))),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

/** Ends lookups, probes and connections; what runs gets two seconds. */
async function endParts({ discovery, topology }: Parts): Promise<void> {
  discovery.stop();
  await Promise.all([topology.end(), discovery.settled()]);
}
