import type { FastifyBaseLogger } from 'fastify';

/** How a process ends. */
export interface EndingOptions {
  readonly log: FastifyBaseLogger;
  /** After this time it ends hard, with 1. */
  readonly graceMs: number;
  /** Ends everything; false when not all of it ended well. */
  readonly stop: (reason: string) => Promise<boolean>;
  /** What a second signal does. Without it, it is ignored. */
  readonly onSecondSignal?: () => void;
}

/**
 * Ends this process once, and then exits: at SIGTERM or SIGINT, or when the returned function is called. The signals
 * must be handled from the start: the first process of a container is sent none that it does not handle.
 */
export function endOnSignal({ log, graceMs, stop, onSecondSignal }: EndingOptions): (reason: string) => void {
  let isEnding = false;
  const end = (reason: string) => {
    if (isEnding) return;
    isEnding = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => die(log, new Error(`did not stop within ${graceMs} ms`)), graceMs).unref();
    stop(reason).then(
      (isWell) => process.exit(isWell ? 0 : 1),
      (error: unknown) => die(log, error),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isEnding) onSecondSignal?.();
      else end(signal);
    });
  }
  return end;
}

/** Ends this process because of a fault. */
export function die(log: FastifyBaseLogger, error: unknown): never {
  log.fatal({ err: error }, 'the process ends');
  process.exit(1);
}
