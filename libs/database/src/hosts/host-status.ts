/**
 * `up`: answers its probes and is what it should be. `stale`: so does it, but what it shows is too old. `ejected`: does
 * not. Only `up` gets reads; the primary is tried in any state.
 */
export type HostState = 'up' | 'stale' | 'ejected';

/** One host as seen now. */
export type HostStatus = {
  /** `address:port`. */
  readonly name: string;
  readonly role: 'primary' | 'replica';
  readonly state: HostState;
  /** Why it is in this state. */
  readonly reason: string;
  /** Connections in use. */
  readonly inFlight: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
  /** Age of what a replica shows; undefined for the primary and before the first probe. */
  readonly lagMs: number | undefined;
  /** How much log a replica has still to replay. */
  readonly lagBytes: number | undefined;
  /** Position replayed (replica) or flushed (primary) at the last probe. */
  readonly replayed: string | undefined;
  /** How often it has been ejected. */
  readonly ejections: number;
  /** Moving mean of the statements' time, with peaks; 0 when nothing is known. */
  readonly latencyMs: number;
  /** Weight now: what was configured, less while it starts slowly. */
  readonly weight: number;
};
