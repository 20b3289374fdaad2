import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FaultProxy } from '../testing/bench-parts.ts';
import type { FaultServer } from './fault-server.ts';

/** What a cluster is made of. */
export type FaultClusterParts = {
  readonly servers: readonly FaultServer[];
  /** Whom the standbys follow, over the proxy. */
  readonly target: { port: number };
  readonly proxy: FaultProxy;
  readonly end: () => Promise<void>;
};

/**
 * A primary with standbys that follow whoever leads. What is acknowledged has been flushed by one of them, and who has
 * received most is promoted: nothing acknowledged may be lost. One standby is always left well, so that writes go on.
 */
export class FaultCluster {
  readonly #parts: FaultClusterParts;

  constructor(parts: FaultClusterParts) {
    this.#parts = parts;
  }

  get servers(): readonly FaultServer[] {
    return this.#parts.servers;
  }

  get leader(): FaultServer | undefined {
    return this.servers.find(({ role }) => role === 'primary');
  }

  /** One of those that follow now; undefined when it is the last one that is well. */
  standbyToSpare(number: number): FaultServer | undefined {
    const standby = this.#standbyAt(number);
    return this.#standbys.some((other) => other !== standby && other.isWell) ? standby : undefined;
  }

  /** Ends the primary at once; nobody leads until `promote`. */
  async crash(): Promise<FaultServer | undefined> {
    const { leader } = this;
    if (!leader) return undefined;
    await leader.kill();
    this.#parts.proxy.cut();
    leader.role = 'lost';
    return leader;
  }

  /** Lets a standby lead that has received no less than any other, the given one if it may. */
  async promote(number: number): Promise<FaultServer> {
    const standbys = this.#standbys;
    const wanted = this.#standbyAt(number);
    for (const standby of standbys) await standby.revive();
    const positions = await Promise.all(
      standbys.map(async (standby) => ({ standby, position: await standby.received() })),
    );
    const most = positions.reduce((high, { position }) => (position > high ? position : high), 0n);
    const heirs = positions.filter(({ position }) => position === most).map(({ standby }) => standby);
    const heir = heirs.find((standby) => standby === wanted) ?? heirs[0];
    if (!heir) throw new Error('nobody is left to lead');
    await heir.promote();
    this.#parts.target.port = heir.host.port;
    this.#parts.proxy.heal();
    await this.#followAll(heir);
    return heir;
  }

  /** Ends the primary in good order, promotes a standby, and lets the former one follow. */
  async switchTo(number: number): Promise<FaultServer | undefined> {
    const { leader } = this;
    if (!leader) return undefined;
    leader.thaw();
    for (const standby of this.#standbys) await standby.revive();
    await this.#followAll(leader);
    await leader.host.stop();
    this.#parts.proxy.cut();
    leader.role = 'lost';
    const heir = await this.promote(number);
    // It has sent all that it had before it ended, so it may follow.
    writeFileSync(join(leader.path, 'standby.signal'), '');
    leader.role = 'standby';
    await leader.revive();
    await leader.follow(heir);
    return heir;
  }

  /** Starts the primaries that were replaced: they take themselves for primaries still. */
  async returnLost(): Promise<readonly FaultServer[]> {
    const lost = this.leader
      ? this.servers.filter(({ role, host }) => role === 'lost' && !host.isRunning)
      : [];
    for (const server of lost) await server.revive();
    return lost;
  }

  /** Undoes every fault. */
  async heal(): Promise<void> {
    this.leader?.thaw();
    const leader = this.leader ?? (await this.promote(0));
    for (const standby of this.#standbys) {
      await standby.revive();
      await standby.lag(0);
    }
    await this.#followAll(leader);
  }

  async stop(): Promise<void> {
    for (const { host } of this.servers) {
      host.thaw();
      // One that was killed has left memory in the kernel: only its own orderly end takes that away.
      if (!host.isRunning) await host.start();
      await host.kill('SIGQUIT');
    }
    await this.#parts.end();
  }

  get #standbys(): readonly FaultServer[] {
    return this.servers.filter(({ role }) => role === 'standby');
  }

  #standbyAt(number: number): FaultServer | undefined {
    return this.#standbys[number % this.#standbys.length];
  }

  async #followAll(leader: FaultServer): Promise<void> {
    const well = this.#standbys.filter(({ isWell }) => isWell);
    await Promise.all(well.map((standby) => standby.follow(leader)));
  }
}
