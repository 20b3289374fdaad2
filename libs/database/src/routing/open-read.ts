import type { Host } from '../hosts/host.ts';
import type { Session } from '../session/session.ts';
import type { ReadAttempts, ReadLimits, Router } from './router.ts';

/** A host that may answer a read now, until it is closed. */
export class ReadPlace {
  readonly host: Host;
  readonly reason: string;
  readonly #router: Router;
  readonly #endRead: (() => void) | undefined;
  #isStray = false;

  constructor(
    router: Router,
    session: Session | undefined,
    { host, reason }: { host: Host; reason: string },
  ) {
    this.host = host;
    this.reason = reason;
    this.#router = router;
    // Before anything waits, so that reads that start together do not all choose alike, or go to different hosts.
    this.#endRead = session?.beginRead(host);
    host.beginRead();
  }

  /** Waits for the share of the primary that reads meant for a replica may use. */
  async enterStrays(signal: AbortSignal | undefined): Promise<this> {
    try {
      await this.#router.strays.enter(signal);
      this.#isStray = true;
      return this;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.#isStray) this.#router.strays.leave();
    this.host.endRead();
    this.#endRead?.();
  }
}

/** Picks a host for one attempt of a read, and lets the session and the router know how long it lasts. */
export function openRead(
  router: Router,
  session: Session | undefined,
  attempts: ReadAttempts,
  signal?: AbortSignal,
  limits?: ReadLimits,
): ReadPlace | Promise<ReadPlace> {
  const place = new ReadPlace(router, session, router.routeRead(session, attempts, limits));
  return router.isStray(place.host) ? place.enterStrays(signal) : place;
}
