import { getHeapStatistics } from 'node:v8';

/** How a worker is, as it tells the primary itself, again and again. */
export interface Beat {
  readonly isReady: boolean;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapMaxBytes: number;
  /** How late the event loop was with this beat. */
  readonly lagMs: number;
  readonly inFlight: number;
  /** Since its start: all answers, and those with a 5xx that were not refused before any work. */
  readonly answered: number;
  readonly failed: number;
  readonly node: string;
  readonly version: string;
}

/** What the worker knows of itself; the rest is measured here. */
export type BeatSource = () => Omit<Beat, 'rssBytes' | 'heapUsedBytes' | 'heapMaxBytes' | 'lagMs' | 'node'>;

interface BeatMessage {
  readonly kind: 'ganitagya:beat';
  readonly beat: Beat;
}

export const BEAT_EVERY_MS = 500;

/** In a worker: beats until the process ends. Returns how to beat at once, for news that cannot wait. */
export function startHeartbeat(source: BeatSource): () => void {
  let dueAt = performance.now() + BEAT_EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    send(source, Math.max(0, now - dueAt));
    dueAt = now + BEAT_EVERY_MS;
  }, BEAT_EVERY_MS).unref();
  // An orphan has nobody to tell.
  process.once('disconnect', () => clearInterval(timer));
  return () => send(source, 0);
}

function send(source: BeatSource, lagMs: number): void {
  if (process.send === undefined || !process.connected) return;
  const { used_heap_size: heapUsedBytes, heap_size_limit: heapMaxBytes } = getHeapStatistics();
  const beat = {
    ...source(),
    rssBytes: process.memoryUsage.rss(),
    heapUsedBytes,
    heapMaxBytes,
    lagMs: Math.round(lagMs),
    node: process.version,
  };
  // A primary that has just died is no fault of this process, which ends with it.
  process.send({ kind: 'ganitagya:beat', beat } satisfies BeatMessage, () => undefined);
}

/** In the primary: what a message tells, if it is a beat. */
export function beatOf(message: unknown): Beat | undefined {
  const isBeat =
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ganitagya:beat';
  return isBeat ? (message as BeatMessage).beat : undefined;
}
