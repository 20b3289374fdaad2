import { isDatabaseOverloaded, isDatabaseUnavailable, type Route } from '@ganitagya/database';
import { reasonLabel } from './statement-reason.ts';

/** How statements ended: refused by a full pool, not answered by a host, failed by themselves. */
export type Outcome = 'ok' | 'overloaded' | 'unavailable' | 'error';

/** How many statements of one host, route and reason ended how. */
export interface StatementCount {
  readonly host: string;
  readonly route: Route;
  readonly reason: string;
  readonly outcomes: Record<Outcome, number>;
}

/** The counts of one host: by label, and by the reasons as they are told, so that a statement is one look-up away. */
interface HostTally {
  readonly name: string;
  readonly byLabel: Map<string, StatementCount>;
  readonly byReason: Record<Route, Map<string, StatementCount>>;
}

const HOSTS_MAX = 100;
const REASONS_MAX = 500;

/** Counts statements as cheaply as can be: two look-ups and an addition each. */
export class StatementTally {
  readonly #hosts = new Map<string, HostTally>();

  add(host: string, route: Route, reason: string, error: unknown): void {
    const tally = this.#hosts.get(host) ?? this.#addHost(host);
    const count = tally.byReason[route].get(reason) ?? addReason(tally, route, reason);
    count.outcomes[error === undefined ? 'ok' : outcomeOf(error)] += 1;
  }

  counts(): StatementCount[] {
    return [...this.#hosts.values()].flatMap(({ byLabel }) => [...byLabel.values()]);
  }

  /** Hosts found by name come and go; those after the hundredth are counted as one. */
  #addHost(host: string): HostTally {
    const name = this.#hosts.size < HOSTS_MAX ? host : 'other';
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const tally: HostTally = {
      name,
      byLabel: new Map(),
      byReason: { primary: new Map(), replica: new Map() },
    };
    this.#hosts.set(name, tally);
    return tally;
  }
}

function addReason({ name, byLabel, byReason }: HostTally, route: Route, reason: string): StatementCount {
  const label = reasonLabel(reason);
  const key = `${route} ${label}`;
  const outcomes = { ok: 0, overloaded: 0, unavailable: 0, error: 0 };
  const count = byLabel.get(key) ?? { host: name, route, reason: label, outcomes };
  byLabel.set(key, count);
  if (byReason[route].size < REASONS_MAX) byReason[route].set(reason, count);
  return count;
}

function outcomeOf(error: unknown): Outcome {
  if (isDatabaseOverloaded(error)) return 'overloaded';
  return isDatabaseUnavailable(error) ? 'unavailable' : 'error';
}
