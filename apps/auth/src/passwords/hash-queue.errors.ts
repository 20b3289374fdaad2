/** The hash queue refused a job: it was full on arrival, or the job waited too long. The job did not run. */
export class HashQueueFullError extends Error {
  override readonly name = 'HashQueueFullError';
  readonly reason: 'full' | 'waited';

  constructor(reason: 'full' | 'waited') {
    super(reason === 'full' ? 'The hash queue is full.' : 'The job waited too long in the hash queue.');
    this.reason = reason;
  }
}
