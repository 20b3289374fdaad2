import { createCache, createRedis } from '../index.ts';
import { keys, machineTime, tagOf } from '../faults/messages.ts';
import type { FromPeer, Key, Read, ToPeer } from '../faults/messages.ts';

/** One of the processes under faults: reads on and on, and asks its parent for what is true. */
const [dataUrl = '', streamPort = '', namespace = ''] = process.argv.slice(2);
const redis = createRedis(dataUrl);
const duplicate = redis.duplicate.bind(redis);
redis.duplicate = (override) => duplicate({ ...override, port: Number(streamPort) });
const cache = createCache({ namespace, redis });

const READ_EVERY_MS = 3;
const TELL_EVERY_MS = 100;

const tell = (message: FromPeer) => process.send?.(message);
const loads = new Map<number, (version: number) => void>();
let loadCount = 0;
let reads: Read[] = [];
let errors: string[] = [];

function load(key: Key): Promise<number> {
  const id = ++loadCount;
  return new Promise((resolve) => {
    loads.set(id, resolve);
    tell({ kind: 'load', id, key });
  });
}

function read(key: Key): Promise<number> {
  // Half of the keys have tags that are known only with the value.
  const tag = tagOf(key);
  return cache.getOrSet(key, () => load(key), { tags: tag === 'ab' ? [tag] : () => [tag] });
}

async function readAndNote(key: Key): Promise<void> {
  const at = machineTime();
  try {
    reads.push([key, await read(key), at]);
  } catch (error) {
    errors.push(String(error));
  }
}

async function invalidate({ id, key, means }: Extract<ToPeer, { kind: 'invalidate' }>): Promise<void> {
  const calledAt = machineTime();
  const failures = () => cache.stats().remoteErrors + cache.stats().remoteSkipped;
  const before = failures();
  if (means === 'clear') await cache.clear();
  else await (means === 'key' ? cache.invalidate(key) : cache.invalidateTags([tagOf(key)]));
  tell({ kind: 'invalidated', id, calledAt, resolvedAt: machineTime(), isConfirmed: failures() === before });
}

process.on('message', (message: ToPeer) => {
  if (message.kind === 'truth') {
    loads.get(message.id)?.(message.version);
    loads.delete(message.id);
  } else if (message.kind === 'invalidate') void invalidate(message);
  else {
    const { id } = message;
    void Promise.all(keys.map(async (key) => [key, await read(key)] as const)).then(
      (versions) => tell({ kind: 'looked', id, versions }),
      (error: unknown) => errors.push(String(error)),
    );
  }
});
process.on('disconnect', () => process.exit());
let turns = 0;
setInterval(() => void readAndNote(keys[turns++ % keys.length] ?? 'a'), READ_EVERY_MS);
setInterval(() => {
  tell({ kind: 'reads', reads, errors });
  reads = [];
  errors = [];
}, TELL_EVERY_MS);
cache.events.on('listening', ({ isListening }) => {
  if (isListening) tell({ kind: 'listening' });
});
