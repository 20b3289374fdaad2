import { Problem } from '@ganitagya/service';

const RETRY_AFTER_S = 2;

/** The hash queue refused a job: it was full on arrival, or the job waited too long. The job did not run. */
export class HashQueueFullError extends Problem {
  readonly reason: 'full' | 'waited';

  constructor(reason: 'full' | 'waited') {
    super(503, 'auth.busy', 'Too many people are signing in; try again in a moment.', {
      retryAfterS: RETRY_AFTER_S,
    });
    this.reason = reason;
  }
}
