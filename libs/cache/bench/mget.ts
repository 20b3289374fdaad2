import { Redis } from 'ioredis';

import type { ContestantModule } from './contestant.ts';

/** No cache at all: what Redis and JSON cost by themselves. */
export const open: ContestantModule['open'] = async ({ url }) => {
  const redis = new Redis(url);
  return {
    async getOrSet(key, load) {
      const value = await load();
      await redis.set(key, JSON.stringify(value));
      return value;
    },
    async getMany(keys) {
      const texts = await redis.mget(...keys);
      return texts.map((text) => (text === null ? undefined : (JSON.parse(text) as unknown)));
    },
    close: async () => redis.disconnect(),
  };
};
