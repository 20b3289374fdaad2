import { DatabaseUnavailableError } from '../errors.ts';
import type { DatabaseEvents } from '../events.ts';
import type { Observation } from './health.ts';
import { HostMonitor, type HealthOptions } from './health.ts';
import type { HostOptions, Standing } from './host-types.ts';
import { Host } from './host.ts';
import type { Shown } from '../session/read-bounds.ts';
import { isTooOld } from './staleness.ts';
import { WalHistory } from './wal-history.ts';

/** What is the same for every host. */
export type TopologyOptions = {
  readonly host: Omit<HostOptions, 'url' | 'role' | 'weight' | 'onConnectionFailure' | 'onSuspicion'>;
  readonly health: Omit<HealthOptions, 'judge'>;
  readonly events: DatabaseEvents;
  readonly stalenessMaxMs: number;
};

/** A host to work with. */
export type HostSpec = { readonly url: string; readonly role: Host['role']; readonly weight: number };

/** How long a host that leaves, or the end, waits for what runs. */
const END_GRACE_MS = 2_000;

/**
 * The hosts, and who of them leads. A declared role is only what a host is taken for until it has answered: the one that
 * is not in recovery leads, and of several the one with the newest timeline, so that a primary that was replaced and comes
 * back gets no writes.
 */
export class Topology {
  readonly #options: TopologyOptions;
  readonly #monitors = new Map<Host, HostMonitor>();
  readonly #history = new WalHistory();
  #declared: Host | undefined;
  #leader: Host | undefined;
  #timeline = 0;
  #replicas: readonly Host[] = [];
  #discovering: Promise<void> | undefined;
  #discoveredAtMs = -Infinity;

  constructor(options: TopologyOptions) {
    this.#options = options;
  }

  /** The host that takes writes, as far as is known. */
  get primary(): Host {
    const primary = this.#leader ?? this.#declared;
    if (!primary) {
      throw new DatabaseUnavailableError('database', 'no host is known yet', { mayHaveRun: false });
    }
    return primary;
  }

  /** Whether a host has said that it takes writes, and none since that it does not. */
  get hasLeader(): boolean {
    return this.#leader !== undefined;
  }

  /** Every host but the primary. */
  get replicas(): readonly Host[] {
    return this.#replicas;
  }

  get hosts(): readonly Host[] {
    return [...this.#monitors.keys()];
  }

  /** Takes a host in and starts to watch it. */
  add({ url, role, weight }: HostSpec): Host {
    const host = new Host({
      ...this.#options.host,
      url,
      role,
      weight,
      onConnectionFailure: (failed, error) => {
        this.#monitors.get(failed)?.onConnectionFailure(error);
        if (failed.role === 'primary') void this.discover();
      },
      onSuspicion: (suspect) => {
        if (suspect === this.primary) void this.discover();
        else void this.#monitors.get(suspect)?.probe();
      },
    });
    const monitor = new HostMonitor(host, {
      ...this.#options.health,
      judge: (judged, observation) => this.#judge(judged, observation),
    });
    this.#monitors.set(host, monitor);
    this.#arrange();
    monitor.start();
    return host;
  }

  /** Lets a host go: it gets nothing new, and what runs on it may finish. */
  async remove(host: Host): Promise<void> {
    const monitor = this.#monitors.get(host);
    if (!monitor) return;
    this.#monitors.delete(host);
    if (this.#leader === host) this.#leader = undefined;
    this.#arrange();
    await monitor.stop();
    await host.leave(this.#options.host.statementTimeoutMs);
  }

  /**
   * Asks every host at once, also the ejected ones, who it is. Several callers share one round, and there are no more
   * rounds than probes. Never rejects.
   */
  discover(): Promise<void> {
    if (performance.now() - this.#discoveredAtMs < this.#options.health.probeIntervalMs)
      return Promise.resolve();
    this.#discovering ??= this.probe().finally(() => {
      this.#discovering = undefined;
      this.#discoveredAtMs = performance.now();
    });
    return this.#discovering;
  }

  /** Probes some hosts (all of them) now. Takes at most the probe's timeout and never rejects. */
  async probe(hosts: readonly Host[] = this.hosts): Promise<void> {
    await Promise.all(hosts.flatMap((host) => this.#monitors.get(host)?.probe() ?? []));
  }

  /** Ends probes and connections; what runs gets two seconds. */
  async end(): Promise<void> {
    await Promise.all([...this.#monitors.values()].map((monitor) => monitor.stop()));
    await Promise.all(this.hosts.map((host) => host.leave(END_GRACE_MS)));
  }

  #judge(host: Host, observation: Observation): Standing {
    if (!this.#monitors.has(host)) throw new Error('has left');
    return observation.isStandby
      ? this.#judgeStandby(host, observation)
      : this.#judgePrimary(host, observation);
  }

  #judgePrimary(host: Host, { position, timeline = 0, askedAtMs }: Observation): Standing {
    if (host !== this.#leader) {
      if (timeline < this.#timeline) throw new Error('was replaced: a newer primary has been seen');
      if (this.#leader?.state === 'up' && timeline === this.#timeline)
        throw new Error(`is a primary beside ${this.#leader.name}`);
      this.#elect(host);
    }
    this.#timeline = Math.max(this.#timeline, timeline);
    this.#history.add(position, askedAtMs);
    return {
      state: 'up',
      reason: 'answers',
      position,
      askedAtMs,
      shown: { position, beforeMs: askedAtMs },
      lagMs: undefined,
      lagBytes: undefined,
      freshAtMs: askedAtMs,
    };
  }

  #judgeStandby(host: Host, observation: Observation): Standing {
    if (host === this.#leader) {
      this.#leader = undefined;
      this.#options.events.emit('primary', { name: undefined, previous: host.name });
      void this.discover();
    }
    host.setRole('replica');
    this.#arrange();
    const { stalenessMaxMs } = this.#options;
    const { newest } = this.#history;
    const lagMs = this.#lagOf(observation);
    const isStale = isTooOld(lagMs, stalenessMaxMs, host.state === 'stale');
    return {
      state: isStale ? 'stale' : 'up',
      reason: isStale ? `shows what is older than ${stalenessMaxMs} ms` : 'answers',
      position: observation.position,
      askedAtMs: observation.askedAtMs,
      shown: shownBy(observation, host),
      lagMs,
      lagBytes: newest && Math.max(0, Number(newest.position - observation.position)),
      freshAtMs: (newest?.atMs ?? observation.askedAtMs) - lagMs,
    };
  }

  /** Age against the last sight of a primary: while there is none, nothing is written that could be missed. */
  #lagOf({ position, replayedAgoMs = Infinity, hasReplayedAll, askedAtMs }: Observation): number {
    const { newest } = this.#history;
    // No primary was ever seen: who has replayed all he received is taken for fresh, the others by their own clock.
    if (!newest) return hasReplayedAll ? 0 : replayedAgoMs;
    const freshAtMs = this.#history.freshAtMs(position);
    if (freshAtMs !== undefined) return newest.atMs - freshAtMs;
    // Older than all that is remembered.
    return Math.max(0, newest.atMs - askedAtMs + replayedAgoMs);
  }

  #elect(host: Host): void {
    const previous = this.#leader;
    this.#leader = host;
    this.#history.clear();
    host.setRole('primary');
    for (const other of this.#monitors.keys()) if (other !== host) other.setRole('replica');
    // Until it has answered as a standby it may hold what nobody else has.
    previous?.eject(`replaced by ${host.name}`);
    this.#arrange();
    this.#options.events.emit('primary', { name: host.name, previous: previous?.name });
  }

  #arrange(): void {
    const hosts = this.hosts;
    this.#declared = hosts.find(({ role }) => role === 'primary') ?? hosts[0];
    const primary = this.#leader ?? this.#declared;
    this.#replicas = hosts.filter((host) => host !== primary);
  }
}

/**
 * A standby shows a commit a moment before it says that it has replayed it. When it had replayed all it had received there was
 * no such commit; else it is behind it when it has gone on.
 */
function shownBy({ position, hasReplayedAll, askedAtMs }: Observation, before: Host): Shown | undefined {
  if (hasReplayedAll) return { position, beforeMs: askedAtMs };
  const { position: last, askedAtMs: lastAskedAtMs } = before;
  if (last === undefined || lastAskedAtMs === undefined) return undefined;
  return position > last ? { position, beforeMs: lastAskedAtMs } : before.shown;
}
