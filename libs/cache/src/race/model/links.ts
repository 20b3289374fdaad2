import type { ControlledInstance } from '../../testing/controlled-instance.ts';
import type { Truth, Write } from './truth.ts';

/** A way to Redis that can be cut. */
export interface Link {
  readonly cut: () => void;
  readonly heal: () => void;
}

export interface Member {
  /** One cache per tenant. */
  readonly caches: readonly ControlledInstance[];
  readonly data: Link;
  readonly stream: Link;
}

export interface LinksOptions {
  readonly members: readonly Member[];
  readonly truth: Truth;
  /** The clock of the caches, moved on by hand. */
  readonly clock: { now: number };
}

/** What the README promises: without messages, memory copies live no longer. */
const DEAF_MS = 5_000;

type State = {
  isStreamCut: boolean;
  isCut: boolean;
  hasLost: boolean;
  deafSince: number;
  loadedAt: number;
  end?: () => void;
};

/** The ways of all members to Redis: cuts and heals them, and says what who must have heard. */
export class Links {
  readonly #options: LinksOptions;
  readonly #states: State[];

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#states = options.members.map(() => ({
      isStreamCut: false,
      isCut: false,
      hasLost: false,
      deafSince: 0,
      loadedAt: -Infinity,
    }));
  }

  isCut(at: number): boolean {
    return this.#state(at).isCut;
  }

  /** Neither is it cut off nor has it lost a message that it does not know of. */
  isWell(at: number): boolean {
    const { isCut, isStreamCut, hasLost } = this.#state(at);
    return !isCut && !isStreamCut && !hasLost;
  }

  /** A slow load of the member has ended. */
  noteLoaded(at: number): void {
    this.#state(at).loadedAt = this.#options.clock.now;
  }

  /** Who hears nothing and loads nothing must have let go of what is too old. */
  expire(isLoading: (at: number) => boolean): void {
    const { clock, members } = this.#options;
    for (const at of members.keys()) {
      const { isStreamCut, deafSince, loadedAt } = this.#state(at);
      if (!isStreamCut || isLoading(at)) continue;
      // A slow load may have begun before the write: its value counts from its end.
      const from = Math.max(deafSince, loadedAt);
      this.#expect(at, ({ confirmedAt = Infinity }) => clock.now - Math.max(confirmedAt, from) >= DEAF_MS);
    }
  }

  /** The heartbeat finds out what was lost. */
  async heartbeat(): Promise<void> {
    const beats = [...this.#options.members.entries()].map(async ([at, { caches }]) => {
      const state = this.#state(at);
      if (state.isStreamCut) return;
      state.end?.();
      delete state.end;
      await Promise.all(caches.map(({ hear }) => hear()));
      state.hasLost = false;
    });
    await Promise.all(beats);
    await this.settle();
  }

  async cut(at: number, withData: boolean): Promise<void> {
    const state = this.#state(at);
    const member = this.#options.members[at];
    if (!member) return;
    if (withData) {
      state.isCut = true;
      member.data.cut();
    }
    if (!state.isStreamCut) {
      state.isStreamCut = true;
      member.stream.cut();
      await until(() => member.caches.every(({ isListening }) => !isListening()));
      state.deafSince = this.#options.clock.now;
    }
    state.end?.();
    delete state.end;
  }

  lose(at: number): void {
    const state = this.#state(at);
    if (state.isStreamCut || state.end) return;
    const lost = this.#options.members[at]?.caches.map((instance) => instance.holdMessages()) ?? [];
    state.hasLost = true;
    state.end = () => {
      for (const messages of lost) messages.lose();
    };
  }

  async restore(at: number): Promise<void> {
    const state = this.#state(at);
    const member = this.#options.members[at];
    if (!member || !(state.isStreamCut || state.isCut)) return;
    member.data.heal();
    member.stream.heal();
    await until(() =>
      member.caches.every((instance) => instance.isListening() && instance.redis.status === 'ready'),
    );
    Object.assign(state, { isCut: false, isStreamCut: false, hasLost: false });
    await this.settle();
  }

  /** What is sent and can be answered is answered. */
  async answered(): Promise<void> {
    const reachable = [...this.#options.members.entries()].filter(([at]) => !this.#state(at).isCut);
    for (let i = 0; i < 3; i++)
      await Promise.all(reachable.flatMap(([, { caches }]) => caches.map(({ answered }) => answered())));
  }

  /** All that is on its way and can arrive has arrived. */
  async settle(): Promise<void> {
    const { members } = this.#options;
    const confirmed = () => this.#options.truth.writes.filter(({ confirmedAt }) => confirmedAt !== undefined);
    await this.answered();
    const published = new Set(confirmed());
    const hearing = [...members.entries()].map(async ([at, { caches }]) => {
      const { isStreamCut, hasLost } = this.#state(at);
      if (isStreamCut || hasLost) return;
      await Promise.all(caches.map(({ hear }) => hear()));
      this.#expect(at, (write) => published.has(write));
    });
    await Promise.all(hearing);
  }

  /** Nothing was left to be sent and everybody has heard of everything. */
  knowAll(): void {
    const { clock, members, truth } = this.#options;
    for (const write of truth.writes) write.confirmedAt ??= clock.now;
    for (const at of members.keys()) this.#expect(at, () => true);
  }

  #expect(at: number, mustKnow: (write: Write) => boolean): void {
    const { truth } = this.#options;
    for (const write of truth.writes) if (mustKnow(write)) truth.mustKnow(at, write);
  }

  #state(at: number): State {
    return this.#states[at] as State;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('an instance did not notice that its link changed');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
