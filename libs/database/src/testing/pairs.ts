import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { Choices } from './choices.ts';
import type { TestCluster } from './test-cluster.ts';

export type PairRequest = {
  readonly id: number;
  readonly user: string;
  readonly position: string | undefined;
  /** To be written; undefined: read. */
  readonly value: number | undefined;
};
export type PairReply = {
  readonly id: number;
  readonly value: number;
  readonly route: string;
  readonly position: string | undefined;
};

/** What came of some pairs. */
export type PairsResult = {
  readonly reads: number;
  /** Reads that did not show what their user had written before, or less than he had read before. */
  readonly stale: number;
  readonly byReplicas: number;
};

/** How many pairs of a write and a read, over how many processes, and how long a user thinks between the two at most. */
export type PairsOptions = {
  readonly pairs: number;
  readonly processes: number;
  readonly users: number;
  readonly thinkMsMax: number;
  readonly seed: number;
};

/** Lets users write in one process and read in another, each from the position that the one before had reached. */
export async function runPairs(cluster: TestCluster, options: PairsOptions): Promise<PairsResult> {
  const choices = new Choices({ seed: options.seed });
  const names = Array.from({ length: options.users }, (_each, index) => `user-${index}`);
  for (const name of names) {
    await cluster.primary.query(`insert into lab.note (author, value) values ('${name}', 0)`);
  }
  for (const replica of cluster.replicas) await replica.catchUpWith(cluster.primary);
  const workers = Array.from({ length: options.processes }, () => startWorker(cluster));
  let left = options.pairs;
  let [stale, byReplicas] = [0, 0];
  try {
    const act = async (user: string) => {
      let position: string | undefined;
      for (let value = 1; left > 0; value += 1) {
        left -= 1;
        const written = await choices.one(workers).ask({ user, position, value });
        await sleep(choices.pick(options.thinkMsMax));
        const read = await choices.one(workers).ask({ user, position: written.position, value: undefined });
        ({ position } = read);
        if (read.value !== value) stale += 1;
        if (read.route === 'replica') byReplicas += 1;
      }
    };
    await Promise.all(names.map(act));
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  return { reads: options.pairs, stale, byReplicas };
}

function startWorker({ primary, replicas }: TestCluster) {
  const urls = [primary, ...replicas].map((host) => host.url('lab_app', 'app'));
  const child: ChildProcess = fork(new URL('pair-worker.ts', import.meta.url), urls);
  const ended = once(child, 'exit');
  const waiting = new Map<number, PromiseWithResolvers<PairReply>>();
  let id = 0;
  child.on('message', (reply: PairReply) => {
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('a process of the pairs ended'));
  });
  return {
    ask(request: Omit<PairRequest, 'id'>): Promise<PairReply> {
      id += 1;
      const answer = Promise.withResolvers<PairReply>();
      waiting.set(id, answer);
      child.send({ ...request, id } satisfies PairRequest);
      return answer.promise;
    },
    async stop(): Promise<void> {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
