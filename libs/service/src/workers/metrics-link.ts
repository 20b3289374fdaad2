import cluster, { type Worker } from 'node:cluster';
import type { GroupMetrics, Metrics, SeriesPush } from '@ganitagya/metrics';

/** What a killed worker may have measured that nobody hears of. */
const PUSH_EVERY_MS = 50;
/** The rest is dearer to read, and what it tells is not missed as requests would be. */
const ALL_EVERY_PUSHES = 5;

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
 * In a worker: pushes what was measured since, twenty times a second, and whatever else has changed, four times. Returns
 * how to push the last of it and stop. A worker that crashes still tells of its requests.
 */
export function pushMetrics(metrics: Metrics): () => Promise<void> {
  let pushing: Promise<void> | undefined;
  const push = (isAll: boolean) =>
    (pushing ??= send(metrics, isAll).finally(() => {
      pushing = undefined;
    }));
  let pushes = 0;
  const pushNext = () => void push(pushes++ % ALL_EVERY_PUSHES === 0);
  const timer = setInterval(pushNext, PUSH_EVERY_MS).unref();
  pushNext();
  process.once('exit', () => tell({ kind: KIND, push: metrics.changesAtOnce() }));
  return async () => {
    clearInterval(timer);
    await pushing;
    await push(true);
  };
}

/** Resolves when the primary's end of the channel has it, or there is none any more. */
async function send(metrics: Metrics, isAll: boolean): Promise<void> {
  if (!process.connected) return;
  try {
    const push = isAll ? await metrics.changes() : metrics.changesAtOnce();
    // All of it is sent even if it is nothing: that this worker turns is news, too.
    if (isAll || push.changed.length > 0)
      await new Promise<void>((resolve) => tell({ kind: KIND, push }, resolve));
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
