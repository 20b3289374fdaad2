import cluster, { type Worker } from 'node:cluster';
import type { GroupMetrics, Metrics, SeriesPush } from '@ganitagya/metrics';

/** What a killed worker may have counted that nobody hears of. */
const PUSH_EVERY_MS = 250;

interface Pushed {
  readonly kind: 'ganitagya:metrics';
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

/** In a worker: pushes what has changed, four times a second. Returns how to push the last of it and stop. */
export function pushMetrics(metrics: Metrics): () => Promise<void> {
  let pushing: Promise<void> | undefined;
  const push = () =>
    (pushing ??= send(metrics).finally(() => {
      pushing = undefined;
    }));
  const timer = setInterval(() => void push(), PUSH_EVERY_MS).unref();
  void push();
  return async () => {
    clearInterval(timer);
    await pushing;
    await push();
  };
}

/** Resolves when the primary's end of the channel has it, or there is none any more. */
async function send(metrics: Metrics): Promise<void> {
  if (!process.connected) return;
  const message = { kind: 'ganitagya:metrics', push: await metrics.changes() } satisfies Pushed;
  await new Promise<void>((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

function isPushed(message: unknown): message is Pushed {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    message.kind === 'ganitagya:metrics'
  );
}
