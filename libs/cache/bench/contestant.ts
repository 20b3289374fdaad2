/** What a loader is asked for. */
export type Load = () => Promise<unknown>;

/** A cache as its documentation says to use it; what it cannot do is left out. */
export interface Contestant {
  /** The kept value or what `load` gives. */
  getOrSet(key: string, load: Load, tags?: readonly string[]): Promise<unknown>;
  /** Memory only, synchronous. */
  readonly peek?: (key: string) => unknown;
  readonly set?: (key: string, value: unknown) => Promise<unknown>;
  /** Its fastest way to many values that are kept already. */
  getMany?(keys: readonly string[]): Promise<readonly unknown[]>;
  invalidate?(key: string): Promise<unknown>;
  invalidateTag?(tag: string): Promise<unknown>;
  clear?(): Promise<unknown>;
  /** Calls when a key has gone from memory because another process said so. */
  onInvalidated?(listener: (key: string) => void): void;
  close(): Promise<unknown>;
}

/** `default`: as the first page of the documentation. The others: the best settings for one purpose. */
export type Settings = 'default' | 'fast' | 'safe' | 'shared' | 'patient';

/** What a module of `rivals/` exports. */
export interface ContestantModule {
  readonly open: (options: { readonly url: string; readonly settings: Settings }) => Promise<Contestant>;
}

/** Who takes part, and how to call it in a table. */
export interface Entrant {
  readonly name: string;
  readonly module: string;
  readonly settings: Settings;
}
