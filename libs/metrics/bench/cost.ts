// What counting, pushing and scraping cost: node libs/metrics/bench/cost.ts
import { createMetrics, createGroupMetrics, type Metrics, type SeriesPush } from '../src/index.ts';

const ROUTES = 200;
const STATUSES = [200, 304, 404, 429, 503];
const WORKERS = 4;
const PUSHES_A_SECOND = 20;
const ROUNDS = 9;

const observation = (index: number) => ({
  method: 'GET',
  route: `/api/some/long/path/${index % ROUTES}/:id`,
  statusCode: STATUSES[Math.floor(index / ROUTES) % STATUSES.length] ?? 200,
});

/** A process with a thousand sets of labels. */
function filled(): Metrics {
  const metrics = createMetrics({ service: 'bench' });
  for (let index = 0; index < ROUTES * STATUSES.length; index += 1)
    metrics.http.observe(observation(index), (index % 100) / 100);
  return metrics;
}

interface Cost {
  readonly cpuMs: number;
  /** The longest that nothing else had its turn. */
  readonly holdMs: number;
}

/** The cheapest of some rounds, as others use this machine, too. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  let best: Cost = { cpuMs: Infinity, holdMs: Infinity };
  for (let round = 0; round < ROUNDS; round += 1) {
    let holdMs = 0;
    let turnedAt = performance.now();
    let isOver = false;
    const look = () => {
      holdMs = Math.max(holdMs, performance.now() - turnedAt);
      turnedAt = performance.now();
      if (!isOver) setImmediate(look);
    };
    setImmediate(look);
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    look();
    isOver = true;
    best = {
      cpuMs: Math.min(best.cpuMs, (user + system) / 1_000),
      holdMs: Math.min(best.holdMs, holdMs),
    };
  }
  return best;
}

const rows: Record<string, Record<string, string>> = {};
const tell = (what: string, { cpuMs, holdMs }: Cost, bytes?: number) => {
  rows[what] = {
    'CPU ms': cpuMs.toFixed(2),
    'longest hold ms': holdMs.toFixed(2),
    kB: bytes === undefined ? '' : (bytes / 1_000).toFixed(1),
  };
};

const metrics = filled();
const bytesOf = async ({ exposition }: Pick<Metrics, 'exposition'>) => Buffer.from((await exposition()).body);
tell('scrape of 1,000 label sets', await costOf(() => bytesOf(metrics)), (await bytesOf(metrics)).length);

const sizeOf = (push: SeriesPush) => JSON.stringify(push).length;
tell('first push of them', await costOf(async () => filled().changes()), sizeOf(await filled().changes()));
await metrics.changes();
tell('push, nothing happened', await costOf(() => metrics.changes()), sizeOf(await metrics.changes()));
tell(
  'push of what was measured, nothing was',
  await costOf(async () => metrics.changesAtOnce()),
  sizeOf(metrics.changesAtOnce()),
);
const busy = () => {
  for (let index = 0; index < 30; index += 1) metrics.http.observe(observation(index), 0.01);
  return metrics.changes();
};
tell('push, 30 of them changed', await costOf(busy), sizeOf(await busy()));

const group = createGroupMetrics({ service: 'bench' });
for (let worker = 1; worker <= WORKERS; worker += 1) group.take(worker, await filled().changes());
tell(
  `scrape of ${WORKERS} workers with 1,000 each`,
  await costOf(() => bytesOf(group)),
  (await bytesOf(group)).length,
);
// As often as the primary of so many workers takes them in a second.
const lively = filled();
group.take(1, await lively.changes());
const pushed = JSON.stringify(
  await (async () => {
    for (let index = 0; index < 30; index += 1) lively.http.observe(observation(index), 0.01);
    return lively.changes();
  })(),
);
const takeAll = async () => {
  for (let count = 0; count < WORKERS * PUSHES_A_SECOND; count += 1)
    group.take(1, JSON.parse(pushed) as SeriesPush);
};
tell(`${WORKERS * PUSHES_A_SECOND} such pushes taken`, await costOf(takeAll));
console.table(rows);

const COUNT = 2_000_000;
const one = observation(7);
for (let round = 0; round < 3; round += 1) {
  const before = process.cpuUsage();
  for (let index = 0; index < COUNT; index += 1) metrics.http.observe(one, 0.004);
  const { user, system } = process.cpuUsage(before);
  if (round === 2) console.log(`${(((user + system) * 1_000) / COUNT).toFixed(0)} ns an observed request`);
}
process.exit();
