import { createCache, createRedis } from '../index.ts';

/** Another process that shares the cache: started by a test with the URL of Redis and a namespace, asked over IPC. */
const [url = '', namespace = ''] = process.argv.slice(2);
const redis = createRedis(url, { commandTimeoutMs: 5_000 });
const cache = createCache({ namespace, redis, remote: { budgetMs: 5_000 } });

export interface PeerRequest {
  readonly id: number;
  readonly operation: 'peek' | 'get' | 'invalidate' | 'invalidateTags' | 'clear' | 'loads';
  readonly name: string;
  /** What the loader gives, and after how long. */
  readonly value?: unknown;
  readonly loadMs?: number;
}

async function answer({ operation, name, value, loadMs = 0 }: PeerRequest): Promise<unknown> {
  const load = async () => {
    await new Promise((resolve) => setTimeout(resolve, loadMs));
    return value;
  };
  switch (operation) {
    case 'peek':
      return cache.peek(name);
    case 'get':
      return cache.getOrSet(name, load, { tags: ['tag'] });
    case 'invalidate':
      return cache.invalidate(name);
    case 'invalidateTags':
      return cache.invalidateTags([name]);
    case 'clear':
      return cache.clear();
    case 'loads':
      return cache.stats().loads;
  }
}

process.on('message', (request: PeerRequest) => {
  void answer(request).then((result) => process.send?.({ id: request.id, result }));
});
process.on('disconnect', () => process.exit());
cache.events.on('listening', ({ isListening }) => {
  if (isListening) process.send?.('listening');
});
