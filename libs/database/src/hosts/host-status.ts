/** `up`: answers its probes and is what it should be. `ejected`: gets no reads (the primary is still tried). */
export type HostState = 'up' | 'ejected';

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
  /** Position replayed (replica) or flushed (primary) at the last probe. */
  readonly replayed: string | undefined;
  /** How often it has been ejected. */
  readonly ejections: number;
};
