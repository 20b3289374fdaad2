import type { HostSpec } from '../hosts/topology.ts';
import type { Resolver } from './resolver.ts';

/** A connection string that stands for one host, or for all that a name stands for. */
export type HostSource = HostSpec;

const ADDRESSES = 'postgres+dns:';
const SERVICES = 'postgres+srv:';

/** Whether the hosts of a connection string are to be looked up: `postgres+dns://` (A, AAAA) and `postgres+srv://`. */
export function isNamed({ url }: HostSource): boolean {
  return url.startsWith(ADDRESSES) || url.startsWith(SERVICES);
}

/** A host to work with until a name of addresses has been looked up: whoever it leads to. */
export function seedOf(source: HostSource): HostSpec | undefined {
  if (!source.url.startsWith(ADDRESSES)) return undefined;
  return { ...source, url: source.url.replace(ADDRESSES, 'postgres:') };
}

/** The hosts that a source stands for now. */
export async function resolveSource(source: HostSource, resolver: Resolver): Promise<readonly HostSpec[]> {
  const { hostname } = new URL(source.url);
  if (source.url.startsWith(SERVICES)) {
    const services = await resolver.services(hostname);
    // All of a name's weights may be 0, which says nothing.
    return services.map(({ name, port, weight }) =>
      at(source, name, String(port), source.weight * Math.max(1, weight)),
    );
  }
  const addresses = await resolver.addresses(hostname);
  return addresses.map((address) => at(source, address, undefined, source.weight));
}

function at(source: HostSource, address: string, port: string | undefined, weight: number): HostSpec {
  // A URL of an unknown scheme cannot change its host.
  const url = new URL(source.url.replace(/^postgres\+\w+:/, 'postgres:'));
  url.hostname = address.includes(':') ? `[${address}]` : address;
  if (port !== undefined) url.port = port;
  return { url: url.href, role: source.role, weight };
}
