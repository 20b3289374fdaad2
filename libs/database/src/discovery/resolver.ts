import { lookup, resolveSrv } from 'node:dns/promises';

/** Where names are looked up. Rejects when the name is unknown or nobody answers. */
export type Resolver = {
  /** Every address of a name. */
  addresses(name: string): Promise<readonly string[]>;
  /** Every service under a name, with its share of the work. */
  services(name: string): Promise<readonly Service[]>;
};

export type Service = { readonly name: string; readonly port: number; readonly weight: number };

/** The machine's own resolver. */
export const systemResolver: Resolver = {
  addresses: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  services: (name) => resolveSrv(name),
};
