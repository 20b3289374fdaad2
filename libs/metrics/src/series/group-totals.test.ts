import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Registry } from '../client.ts';
import { TallyHistogram, type Tally } from '../tally-histogram.ts';
import { GroupSeries } from './group-series.ts';
import { readFamilies, readHistograms } from './read-families.ts';
import { SeriesSender } from './series-sender.ts';

const STEPS = 3_000;
const WORKERS_MAX = 6;
const ROUTES = 5;

/** The same numbers each time (Park and Miller). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** A worker, and what it has told of what it counted. */
class Worker {
  readonly id: number;
  readonly #registry = new Registry();
  readonly #requests = new TallyHistogram({
    name: 'seconds',
    help: 'Time.',
    buckets: [0.2],
    registry: this.#registry,
  });
  readonly #refusals = new Counter({
    name: 'refusals_total',
    help: 'Refusals.',
    labelNames: ['route'],
    registers: [this.#registry],
  });
  readonly #tallies = new Map<number, Tally>();
  readonly #sender = new SeriesSender();
  readonly counted = { requests: 0, refusals: 0 };
  readonly told = { requests: 0, refusals: 0 };

  constructor(id: number) {
    this.id = id;
  }

  count(route: number): void {
    const tally = this.#tallies.get(route) ?? this.#requests.add({ route });
    this.#tallies.set(route, tally);
    tally.observe(0.1);
    this.#refusals.inc({ route: String(route) });
    this.counted.requests += 1;
    this.counted.refusals += 1;
  }

  async push(group: GroupSeries): Promise<void> {
    group.take(this.id, this.#sender.next(await readFamilies(this.#registry)));
    Object.assign(this.told, this.counted);
  }

  pushLast(group: GroupSeries): void {
    group.take(this.id, this.#sender.next(readHistograms(this.#registry), false));
    this.told.requests = this.counted.requests;
  }
}

function totalsOf(group: GroupSeries): { requests: number; refusals: number } {
  const totals = { requests: 0, refusals: 0 };
  for (const { name, samples } of group.families([])) {
    for (const { values } of samples) {
      if (name === 'seconds') totals.requests += values[0] ?? 0;
      else totals.refusals += values[0] ?? 0;
    }
  }
  return totals;
}

for (const seed of [1, 20_261_123, 77]) {
  test(`totals are what all workers ever told, and never fall (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const group = new GroupSeries();
    const workers: Worker[] = [];
    const dead = { requests: 0, refusals: 0 };
    let [started, previous] = [0, { requests: 0, refusals: 0 }];
    for (let step = 0; step < STEPS; step += 1) {
      const worker = workers[random(WORKERS_MAX)];
      const what = random(20);
      if (worker === undefined) workers.push(new Worker((started += 1)));
      else if (what < 12) worker.count(random(ROUTES));
      else if (what < 18) await worker.push(group);
      else {
        // It ends: in order, by a crash, or killed, which tells nobody of what it counted since its last push.
        if (what === 18) await worker.push(group);
        else if (random(2) === 0) worker.pushLast(group);
        group.retire(worker.id);
        workers.splice(workers.indexOf(worker), 1);
        dead.requests += worker.told.requests;
        dead.refusals += worker.told.refusals;
      }
      const totals = totalsOf(group);
      const told = workers.reduce(
        (sum, { told: { requests, refusals } }) => ({
          requests: sum.requests + requests,
          refusals: sum.refusals + refusals,
        }),
        dead,
      );
      assert.deepEqual(totals, told);
      assert.ok(totals.requests >= previous.requests && totals.refusals >= previous.refusals);
      previous = totals;
    }
    assert.ok(started > 100, `${started} workers`);
  });
}
