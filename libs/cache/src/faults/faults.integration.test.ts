import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal, waitFor } from '@ganitagya/testing';
import { createRedis } from '../index.ts';
import type { Redis } from '../index.ts';
import { startLab } from '../testing/fault-lab.ts';
import type { Lab } from '../testing/fault-lab.ts';
import type { Means } from './messages.ts';

const PROCESSES = 3;
const WRITE_EVERY_MS = 15;
/** What a busy machine adds. */
const SLACK_MS = 500;
/** Copies live no longer than this from when all messages had been heard last. */
const DEAF_MS = 5_000;
/** What Redis did not confirm is sent again with the next heartbeat, unless the circuit is open. */
const RESEND_MS = 2_000;
const CONVERGE_MS = 5_000;

interface Scenario {
  readonly name: string;
  readonly staleMsMax: number;
  /** Makes the fault and undoes it. */
  readonly run: (lab: Lab, admin: Redis) => Promise<void>;
}

/** Again and again for so long. */
async function repeatedly(ms: number, everyMs: number, act: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    await act();
    await sleep(everyMs);
  }
}

const scenarios: readonly Scenario[] = [
  { name: 'nothing', staleMsMax: SLACK_MS, run: () => sleep(2_000) },
  {
    name: 'data connections killed',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: (_lab, admin) =>
      repeatedly(3_000, 150, () => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')),
  },
  {
    name: 'message connections killed',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: (_lab, admin) => repeatedly(3_000, 150, () => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  },
  {
    name: 'CLIENT PAUSE',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: (_lab, admin) => repeatedly(3_000, 900, () => admin.call('CLIENT', 'PAUSE', 400, 'ALL')),
  },
  {
    name: 'Redis frozen for 3.5 s',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: async ({ server }) => {
      server.freeze();
      await sleep(3_500);
      server.thaw();
      await sleep(1_000);
    },
  },
  {
    name: 'a process frozen for 7 s',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: async ({ peers: [peer] }) => {
      if (!peer) return;
      sendSignal(peer.pid, 'SIGSTOP');
      await sleep(7_000);
      sendSignal(peer.pid, 'SIGCONT');
      await sleep(1_000);
    },
  },
  {
    name: 'FLUSHALL',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: (_lab, admin) => repeatedly(2_000, 100, () => admin.flushall()),
  },
  {
    name: 'Redis killed, and started empty',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: async ({ server }) => {
      await server.kill();
      await sleep(1_000);
      await server.start();
      await sleep(1_000);
    },
  },
  {
    name: 'only the messages of one process hang',
    staleMsMax: SLACK_MS + DEAF_MS,
    run: async ({ peers: [peer] }) => {
      peer?.stream.hang();
      await sleep(9_500);
      peer?.stream.heal();
      await sleep(500);
    },
  },
];

let lab: Lab;
let admin: Redis;
before(async () => {
  lab = await startLab(PROCESSES);
  admin = createRedis(lab.server.url, { commandTimeoutMs: 5_000 });
  await waitFor(() => admin.status === 'ready');
});
after(async () => {
  admin.disconnect();
  await lab.stop();
});

/**
 * Writes on and on: two keys often and by all, two seldom and never by the first process, which is the one that suffers,
 * so that its copies grow as old as they may. Everything at once only now and then, by the last.
 */
function writeOn(): () => void {
  const means: readonly Means[] = ['key', 'tag', 'key'];
  let turn = 0;
  const timer = setInterval(() => {
    turn++;
    if (turn % 400 === 0) lab.write(PROCESSES - 1, 'a', 'clear');
    else if (turn % 40 === 0) lab.write(1 + (turn % 2), turn % 80 === 0 ? 'c' : 'd', 'key');
    else lab.write(turn % PROCESSES, turn % 2 === 0 ? 'a' : 'b', means[turn % means.length] ?? 'key');
  }, WRITE_EVERY_MS);
  return () => clearInterval(timer);
}

for (const { name, staleMsMax, run } of scenarios) {
  test(`${name}: stale never for who invalidates, bounded for others, not at all at the end`, async (t) => {
    const stopWriting = writeOn();
    try {
      await run(lab, admin);
    } finally {
      stopWriting();
    }
    await waitFor(() => admin.status === 'ready');
    await lab.converged(CONVERGE_MS);
    const report = lab.register.report();
    t.diagnostic(
      JSON.stringify(report, (_name, value: unknown) =>
        typeof value === 'number' ? Math.round(value) : value,
      ),
    );
    assert.deepEqual(lab.errors, []);
    assert.ok(report.reads > 200, `only ${report.reads} reads`);
    assert.equal(report.ownStale, 0, 'stale for the process that had invalidated');
    assert.ok(report.othersStaleMs < staleMsMax, `stale for others for ${report.othersStaleMs} ms`);
    assert.ok(
      report.unconfirmedStaleMs < staleMsMax + RESEND_MS,
      `not confirmed and stale for others for ${report.unconfirmedStaleMs} ms`,
    );
  });
}
