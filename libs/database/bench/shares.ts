import type { DatabaseEvents } from '../src/events.ts';
import { hostNameOf } from '../src/hosts/host.ts';

/** How the reads of a database are spread over its hosts. */
export type Shares = { text(): string };

/** Counts from now on which of some hosts answer. */
export function countHosts(events: DatabaseEvents, urls: readonly string[]): Shares {
  const counts = new Map(urls.map((url) => [hostNameOf(url), 0]));
  events.on('query', ({ host }) => {
    counts.set(host, (counts.get(host) ?? 0) + 1);
  });
  return {
    text() {
      const values = [...counts.values()];
      const sum = values.reduce((a, b) => a + b, 0);
      return values.map((value) => `${((100 * value) / sum).toFixed(1)} %`).join(', ');
    },
  };
}
