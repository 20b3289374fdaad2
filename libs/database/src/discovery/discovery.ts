import type { DatabaseEvents } from '../events.ts';
import { hostNameOf, type Host } from '../hosts/host.ts';
import type { HostSpec, Topology } from '../hosts/topology.ts';
import type { Resolver } from './resolver.ts';
import { isNamed, resolveSource, seedOf, type HostSource } from './source.ts';

/** Whose names to look up, and how often. */
export type DiscoveryOptions = {
  readonly sources: readonly HostSource[];
  readonly topology: Topology;
  readonly resolver: Resolver;
  readonly refreshMs: number;
  readonly events: DatabaseEvents;
};

/** Many processes must not ask at the same time. */
const JITTER = 0.2;
/** Nothing is known yet: names are looked up again soon. */
const FIRST_RETRY_MS = 500;

/**
 * Keeps the hosts of a topology what their names stand for. A name that cannot be looked up, or stands for nothing, changes
 * nothing: the hosts that were known go on.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  /** The hosts of each source, by their names. */
  readonly #found = new Map<HostSource, Map<string, Host>>();
  /** Those that are given as they are: they stay. */
  readonly #given = new Set<Host>();
  readonly #unresolved: Set<HostSource>;
  readonly #leaving = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#unresolved = new Set(options.sources.filter(isNamed));
  }

  /** Adds the hosts that are given as they are, and starts to look up the others. */
  start(): void {
    const { sources, topology } = this.#options;
    for (const source of sources) {
      if (!isNamed(source)) this.#given.add(topology.add(source));
      const seed = seedOf(source);
      if (!seed) continue;
      const host = topology.add(seed);
      this.#found.set(source, new Map([[host.name, host]]));
    }
    if (this.#unresolved.size > 0) void this.refresh();
  }

  /** Looks every name up now. Never rejects. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const named = this.#options.sources.filter(isNamed);
    await Promise.all(named.map((source) => this.#refreshOne(source)));
    if (this.#isStopped) return;
    const { refreshMs } = this.#options;
    const pauseMs = this.#unresolved.size === 0 ? refreshMs : Math.min(refreshMs, FIRST_RETRY_MS);
    this.#timer = setTimeout(() => void this.refresh(), pauseMs * (1 + JITTER * (2 * Math.random() - 1)));
    this.#timer.unref();
  }

  /** Looks nothing up any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Resolves when the hosts that were let go are closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  async #refreshOne(source: HostSource): Promise<void> {
    const { resolver, events } = this.#options;
    try {
      const specs = await resolveSource(source, resolver);
      if (specs.length === 0) throw new Error('the name stands for no host');
      if (!this.#isStopped) this.#apply(source, specs);
    } catch (error) {
      events.emit('discovery', { name: new URL(source.url).hostname, error });
    }
  }

  #apply(source: HostSource, specs: readonly HostSpec[]): void {
    const { topology } = this.#options;
    // Before anything waits, so that a seed is gone when the hosts that replace it answer.
    const before = this.#found.get(source) ?? new Map<string, Host>();
    const now = new Map<string, Host>();
    for (const spec of specs) {
      const name = hostNameOf(spec.url);
      const host = before.get(name) ?? topology.hosts.find((known) => known.name === name);
      now.set(name, host ?? topology.add(spec));
    }
    this.#found.set(source, now);
    this.#unresolved.delete(source);
    for (const [name, host] of before) if (!now.has(name) && !this.#isUsed(host)) this.#release(host);
  }

  #isUsed(host: Host): boolean {
    return this.#given.has(host) || [...this.#found.values()].some((hosts) => hosts.get(host.name) === host);
  }

  #release(host: Host): void {
    const leaving = this.#options.topology.remove(host).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }
}
