import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BALANCINGS, createBalancer, type Balancing, type Candidate } from './balancer.ts';
import { PeakEwma } from './peak-ewma.ts';
import { slowStartShare } from './slow-start.ts';

/** The same numbers in every run. */
function seeded(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const host = (load: number, latencyMs = 1, weight = 1): Candidate => ({ load, latencyMs, weight });

function sharesOf(balancing: Balancing, hosts: readonly Candidate[], picks = 20_000): number[] {
  const pick = createBalancer(balancing, seeded());
  const counts = hosts.map(() => 0);
  for (let round = 0; round < picks; round += 1) {
    const index = hosts.indexOf(pick(hosts) ?? host(0));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count) => count / picks);
}

describe('choice of a host', () => {
  for (const balancing of BALANCINGS) {
    test(`${balancing} takes the only host, nothing of nothing, and equals evenly`, () => {
      const pick = createBalancer(balancing);
      const only = host(3);
      assert.equal(pick([only]), only);
      assert.deepEqual([pick<Candidate>([])], [undefined]);
      for (const share of sharesOf(balancing, [host(0), host(0), host(0)]))
        assert.ok(Math.abs(share - 1 / 3) < 0.02, `${share}`);
    });

    test(`${balancing} considers a host of a tenth of the weight a tenth as often`, () => {
      const [small] = sharesOf(balancing, [host(0, 1, 0.1), host(0), host(0)]);
      assert.ok(small !== undefined && small > 0.02 && small < 0.06, `${small ?? 0}`);
    });
  }

  test('the host with the most work is never picked by its load, the slowest never by ewma', () => {
    assert.equal(sharesOf('least-in-flight', [host(1), host(2), host(9)])[2], 0);
    assert.equal(sharesOf('ewma', [host(0, 1), host(0, 2), host(0, 9)])[2], 0);
    // Slow but idle beats fast but busy.
    assert.equal(sharesOf('ewma', [host(0, 5), host(9, 1)])[0], 1);
  });

  test('a host of which nothing is known gets one statement before the others, not all', () => {
    const fast = host(0, 1);
    const pick = createBalancer('ewma', seeded());
    assert.equal(pick([fast, host(0, 0)])?.latencyMs, 0);
    assert.equal(pick([fast, host(1, 0)]), fast);
  });
});

describe('peak EWMA', () => {
  test('rises at once, sinks by time', () => {
    let now = 0;
    const ewma = new PeakEwma(() => now, 1_000);
    const seen: number[] = [];
    for (const latencyMs of [10, 200, 10]) {
      ewma.observe(latencyMs);
      seen.push(Math.round(ewma.value));
      now += 1_000;
    }
    now += 10_000;
    seen.push(Math.round(ewma.value));
    assert.deepEqual(seen, [10, 200, Math.round(200 / Math.E + 10 * (1 - 1 / Math.E)), 0]);
  });

  test('one odd answer of a busy host is forgotten after a few dozen others', () => {
    let now = 0;
    const ewma = new PeakEwma(() => now);
    for (let answer = 0; answer < 40; answer += 1) {
      ewma.observe(answer === 0 ? 100 : 2);
      now += 1;
    }
    assert.ok(ewma.value < 4, `${ewma.value} ms`);
  });
});

test('slow start rises from a tenth to all', () => {
  assert.equal(slowStartShare(0, 10_000), 0.1);
  assert.equal(slowStartShare(500, 10_000), 0.1);
  assert.equal(slowStartShare(5_000, 10_000), 0.5);
  assert.equal(slowStartShare(20_000, 10_000), 1);
});

/** Statements arrive at random; each host serves four at a time, the first ten times slower. Returns the latencies. */
function simulate(balancing: Balancing): number[] {
  const random = seeded(7);
  const pick = createBalancer(balancing, random);
  let now = 0;
  const hosts = [20, 2, 2].map((serviceMs) => ({
    serviceMs,
    freeAt: [0, 0, 0, 0],
    running: [] as { endsAt: number; latencyMs: number }[],
    ewma: new PeakEwma(() => now),
    weight: 1,
    get load() {
      return this.running.length;
    },
    get latencyMs() {
      return this.ewma.value;
    },
  }));
  const latencies: number[] = [];
  for (let statement = 0; statement < 30_000; statement += 1) {
    now += -Math.log(1 - random()) * 1.5;
    for (const { running, ewma } of hosts) {
      for (const { latencyMs } of running.filter(({ endsAt }) => endsAt <= now)) ewma.observe(latencyMs);
      running.splice(0, running.length, ...running.filter(({ endsAt }) => endsAt > now));
    }
    const chosen = pick(hosts);
    assert.ok(chosen);
    const slot = chosen.freeAt.indexOf(Math.min(...chosen.freeAt));
    const endsAt = Math.max(now, chosen.freeAt[slot] ?? 0) - Math.log(1 - random()) * chosen.serviceMs;
    chosen.freeAt[slot] = endsAt;
    chosen.running.push({ endsAt, latencyMs: endsAt - now });
    latencies.push(endsAt - now);
  }
  return latencies.sort((a, b) => a - b);
}

test('one of three hosts ten times slower: its latency stays out of the 99th percentile', () => {
  const p99 = (balancing: Balancing) => simulate(balancing)[Math.floor(30_000 * 0.99)] ?? 0;
  const [ewma, roundRobin] = [p99('ewma'), p99('round-robin')];
  assert.ok(ewma * 4 < roundRobin, `ewma ${ewma} ms, round robin ${roundRobin} ms`);
});
