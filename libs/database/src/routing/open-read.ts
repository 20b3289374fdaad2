import type { Host } from '../hosts/host.ts';
import type { Session } from '../session/session.ts';
import type { ReadAttempts, ReadLimits, Router } from './router.ts';

/** A host that may answer a read now; `close` when it has. */
export type ReadPlace = { readonly host: Host; readonly reason: string; close(): void };

/** Picks a host for one attempt of a read, and lets the session and the router know how long it lasts. */
export async function openRead(
  router: Router,
  session: Session | undefined,
  attempts: ReadAttempts,
  signal?: AbortSignal,
  limits?: ReadLimits,
): Promise<ReadPlace> {
  const { host, reason } = router.routeRead(session, attempts, limits);
  // Before anything waits, so that reads that start together go to the same host.
  const endRead = session?.beginRead(host);
  const endLoad = host.beginRead();
  try {
    const leave = await router.enter(host, signal);
    return {
      host,
      reason,
      close() {
        leave();
        endLoad();
        endRead?.();
      },
    };
  } catch (error) {
    endLoad();
    endRead?.();
    throw error;
  }
}
