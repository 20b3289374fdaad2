import cluster, { type Worker } from 'node:cluster';
import type { GroupMetrics, Metrics, SeriesPush } from '@ganitagya/metrics';

/** What a killed worker may have counted that nobody hears of. */
const PUSH_EVERY_MS = 250;

const KIND = 'ganitagya:metrics';

interface Pushed {
  readonly kind: typeof KIND;
  readonly push: SeriesPush;
}

/** In the primary: takes what workers push, until they have ended and everything they sent was read. */
export function collectPushes(group: GroupMetrics): void {
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (isPushed(message)) group.take(worker.id, message.push);
  });
  // Not 'exit', which may come before the last messages.
  cluster.on('disconnect', (worker: Worker) => group.retire(worker.id));
}

/**
 * In a worker: pushes what has changed, four times a second. Returns how to push the last of it and stop. A worker that
 * crashes still tells of its requests.
 */
export function pushMetrics(metrics: Metrics): () => Promise<void> {
  let pushing: Promise<void> | undefined;
  const push = () =>
    (pushing ??= send(metrics).finally(() => {
      pushing = undefined;
    }));
  const timer = setInterval(() => void push(), PUSH_EVERY_MS).unref();
  void push();
  process.once('exit', () => tell({ kind: KIND, push: metrics.changesAtOnce() }));
  return async () => {
    clearInterval(timer);
    await pushing;
    await push();
  };
}

/** Resolves when the primary's end of the channel has it, or there is none any more. */
async function send(metrics: Metrics): Promise<void> {
  if (!process.connected) return;
  try {
    const message = { kind: KIND, push: await metrics.changes() } as const;
    await new Promise<void>((resolve) => tell(message, resolve));
  } catch (error) {
    process.emitWarning(`series could not be read: ${String(error)}`);
  }
}

function tell(message: Pushed, onTold: () => void = () => undefined): void {
  if (process.send === undefined || !process.connected) onTold();
  else process.send(message, () => onTold());
}

function isPushed(message: unknown): message is Pushed {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === KIND;
}
