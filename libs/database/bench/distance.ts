import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Servers that seem to be further away than they are. */
export type Distance = { readonly urls: readonly string[]; close(): Promise<void> };

/**
 * Puts a proxy with a latency, there and back, before each server. Each has a process of its own, because what they cost
 * is not ours, and one must not wait for the other.
 */
export async function keepAway(urls: readonly string[], roundTripsMs: readonly number[]): Promise<Distance> {
  const proxies = await Promise.all(
    urls.map((url, index) => startProxyOf(url, (roundTripsMs[index] ?? 0) / 2)),
  );
  return {
    urls: proxies.map(({ url }) => url),
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

async function startProxyOf(target: string, latencyMs: number) {
  const url = new URL(target);
  const child = fork(new URL('./proxy-process.ts', import.meta.url), [url.port, String(latencyMs)]);
  const [port] = (await once(child, 'message')) as [number];
  url.port = String(port);
  return {
    url: url.href,
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
