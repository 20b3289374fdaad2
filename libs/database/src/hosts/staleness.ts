/** A gate that has closed opens again well below the limit, so that a replica at the limit does not come and go. */
const REOPEN_SHARE = 0.5;

/** Whether what a replica shows is too old to serve. */
export function isTooOld(lagMs: number, maxMs: number, wasTooOld: boolean): boolean {
  return lagMs > (wasTooOld ? maxMs * REOPEN_SHARE : maxMs);
}
