/** Of two hosts picked at random the one with less in flight; undefined when there is none. */
export function pickHost<Host extends { readonly inFlight: number }>(
  hosts: readonly Host[],
  random: () => number = Math.random,
): Host | undefined {
  if (hosts.length <= 1) return hosts[0];
  const first = Math.floor(random() * hosts.length);
  // Never the same twice.
  const second = (first + 1 + Math.floor(random() * (hosts.length - 1))) % hosts.length;
  const [a, b] = [hosts[first], hosts[second]];
  if (!a || !b) return a ?? b;
  return b.inFlight < a.inFlight ? b : a;
}
