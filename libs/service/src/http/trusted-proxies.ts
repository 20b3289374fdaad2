import { BlockList, isIP, isIPv6 } from 'node:net';

/** The edge and its like: few addresses, which come again with every request. */
const REMEMBERED_MAX = 1_000;

/**
 * Tells whose X-Forwarded-For is believed, for Fastify's `trustProxy`: addresses and CIDR ranges. Throws when one of them is
 * neither.
 */
export function trustedProxies(trusted: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const text of trusted) {
    const [address = '', prefix] = text.split('/');
    const family = familyOf(address);
    const bits = family === 'ipv6' ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    if (isIP(address) === 0 || prefix === '' || !Number.isInteger(length) || length < 0 || length > bits) {
      throw new TypeError(`${text} is neither an address nor a range of them`);
    }
    list.addSubnet(address, length, family);
  }
  const known = new Map<string, boolean>();
  return (address = '') => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const isTrusted = isIP(address) !== 0 && list.check(address, familyOf(address));
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(address, isTrusted);
    return isTrusted;
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
