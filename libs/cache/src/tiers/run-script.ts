import { createHash } from 'node:crypto';
import type { RedisClient } from '../redis-client.ts';

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export type ScriptArgument = string | number | Buffer;

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Runs a script by its hash; sends its text only when the server does not know it yet. */
export async function runScript(
  redis: RedisClient,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly ScriptArgument[],
): Promise<unknown> {
  try {
    return await redis.callBuffer('EVALSHA', sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.callBuffer('EVAL', lua, keys.length, ...keys, ...args);
  }
}
