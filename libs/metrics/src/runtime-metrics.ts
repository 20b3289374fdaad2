import { constants, performance, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Counter, Gauge, type Registry } from './client.ts';
import { TallyHistogram, type Tally } from './tally-histogram.ts';

const GC_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

const GC_KINDS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak_callbacks'],
]);

/** Adds what is known of the heap and the event loop. Returns how to stop listening. */
export function observeRuntime(registry: Registry): () => void {
  const registers = [registry];
  new Gauge({
    name: 'nodejs_heap_size_bytes',
    help: 'The heap of JavaScript: used, in total, and the most there may be.',
    labelNames: ['kind'],
    registers,
    collect() {
      const heap = getHeapStatistics();
      this.set({ kind: 'used' }, heap.used_heap_size);
      this.set({ kind: 'total' }, heap.total_heap_size);
      this.set({ kind: 'limit' }, heap.heap_size_limit);
      this.set({ kind: 'external' }, heap.external_memory);
    },
  });
  let known = { active: 0, idle: 0 };
  new Counter({
    name: 'nodejs_eventloop_time_seconds_total',
    help: 'How long the event loop worked and how long it waited; the rate of `active` is its utilization.',
    labelNames: ['state'],
    registers,
    collect() {
      const { active, idle } = performance.eventLoopUtilization();
      this.inc({ state: 'active' }, Math.max(0, active - known.active) / 1_000);
      this.inc({ state: 'idle' }, Math.max(0, idle - known.idle) / 1_000);
      known = { active, idle };
    },
  });
  return observeCollections(registry);
}

function observeCollections(registry: Registry): () => void {
  const durations = new TallyHistogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Time of garbage collections.',
    buckets: GC_BUCKETS,
    registry,
  });
  const tallies = new Map<number, Tally>();
  for (const [kind, label] of GC_KINDS) tallies.set(kind, durations.add({ kind: label }));
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { duration, detail } = entry as typeof entry & { readonly detail: { readonly kind: number } };
      tallies.get(detail.kind)?.observe(duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}
