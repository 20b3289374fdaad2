import type { Worker } from 'node:cluster';
import type { HealthReport } from '../health/health-checks.ts';

interface Asked {
  readonly kind: 'ganitagya:ask-health';
  readonly id: number;
}

interface Answered {
  readonly kind: 'ganitagya:health';
  readonly id: number;
  readonly report: HealthReport | undefined;
}

const ANSWER_TIMEOUT_MS = 1_500;
let lastId = 0;

/** Asks a worker for its report; undefined when it dies or does not answer in time (it may be frozen). */
export function askHealth(worker: Worker): Promise<HealthReport | undefined> {
  const id = ++lastId;
  return new Promise((resolve) => {
    const settle = (report: HealthReport | undefined) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('exit', onExit);
      resolve(report);
    };
    const onMessage = (message: unknown) => {
      if (isMessage<Answered>(message, 'ganitagya:health') && message.id === id) settle(message.report);
    };
    const onExit = () => settle(undefined);
    const timer = setTimeout(onExit, ANSWER_TIMEOUT_MS);
    worker.on('message', onMessage).on('exit', onExit);
    // With a callback: without one, a worker that has just died would be an unheard 'error' of this process.
    const onSent = (error: Error | null) => {
      if (error !== null) onExit();
    };
    if (worker.isConnected()) worker.send({ kind: 'ganitagya:ask-health', id } satisfies Asked, onSent);
    else settle(undefined);
  });
}

/** In a worker: answers the primary with what `health` says. */
export function answerHealth(health: () => HealthReport | Promise<HealthReport>): void {
  process.on('message', (message: unknown) => {
    if (!isMessage<Asked>(message, 'ganitagya:ask-health')) return;
    void (async () => health())()
      .catch((error: unknown) => {
        process.emitWarning(String(error));
        return undefined;
      })
      .then((report) => {
        if (!process.connected) return;
        // A primary that has just died is no fault of this process, which ends with it.
        const answered = {
          kind: 'ganitagya:health',
          id: message.id,
          report,
        } satisfies Answered;
        process.send?.(answered, () => undefined);
      });
  });
}

function isMessage<Message extends { readonly kind: string }>(
  message: unknown,
  kind: Message['kind'],
): message is Message {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}
