import type { AbortableOperationOptions } from 'kysely';

import type { Shown } from '../session/read-bounds.ts';
import type { WalPosition } from '../wal-position.ts';
import type { PoolOptions } from './host-pool.ts';
import type { HostStatus } from './host-status.ts';
import type { Host } from './host.ts';

export type Role = HostStatus['role'];

/** How to reach one host and how much to ask of it. */
export type HostOptions = PoolOptions & {
  /** What it is taken for until it has been asked. */
  readonly role: Role;
  readonly weight: number;
  readonly replicaTimeoutMs: number;
  readonly slowStartMs: number;
  readonly comment: () => string;
  /** Called when a connection could not be made or broke. */
  readonly onConnectionFailure: (host: Host, error: unknown) => void;
  /** Called when there is reason to ask the host how it is, and who leads. */
  readonly onSuspicion: (host: Host) => void;
};

/** What is known of a host after a good probe. */
export type Standing = {
  readonly state: 'up' | 'stale';
  readonly reason: string;
  readonly position: WalPosition;
  /** When it was asked. */
  readonly askedAtMs: number;
  /** The most that it can have shown to anybody before a moment; undefined when that is not known yet. */
  readonly shown: Shown | undefined;
  readonly lagMs: number | undefined;
  readonly lagBytes: number | undefined;
  /** The moment since which nothing that it shows is missing; undefined when unknown. */
  readonly freshAtMs: number | undefined;
};

/** How one connection is lent. */
export type LeaseOptions = AbortableOperationOptions & {
  /** The server's time for each statement on it, when it is to be less than usual. */
  readonly timeoutMs?: number | undefined;
  /** It is to write with: a server that is found to be a standby is refused. */
  readonly isForWrites?: boolean;
};
