import { createAdmission, PRIORITIES, type Entrant, type Priority } from '../src/index.ts';
import { median, toMarkdown, watchMachine, type Table } from './testing/kit.ts';

/** What it costs a request to be let in and out: node libs/resilience/bench/admission.ts */
const ROUNDS = 15;
const REQUESTS = 200_000;
/** Of a loop at work. */
const PER_TURN = 8;

class Request implements Entrant {
  readonly priority: Priority;
  readonly #cohort: number;

  constructor(number: number) {
    this.priority = PRIORITIES[number % PRIORITIES.length] ?? 'critical';
    this.#cohort = number % 128;
  }

  cohort(): number {
    return this.#cohort;
  }

  admitted(): void {
    // Nothing to be done for it: only the gate is measured.
  }

  refused(): void {
    // The same.
  }
}

const calm = createAdmission();
const crowded = createAdmission({ limit: { initial: 1, min: 1, max: 1 }, queue: { size: 0 } });
crowded.enter(new Request(0));

const field = {
  'enter, leave and an eighth of a turn': (request: Entrant, number: number) => {
    calm.enter(request);
    calm.leave(request, 'done');
    if (number % PER_TURN === 0) calm.noteTurn(1);
  },
  'a refusal': (request: Entrant, number: number) => {
    crowded.enter(request);
    if (number % PER_TURN === 0) crowded.noteTurn(20);
  },
  'the request object alone': () => undefined,
};

const { load, busyCores, cores } = await watchMachine();
const costs = new Map(Object.keys(field).map((name) => [name, [] as number[]]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, ask] of Object.entries(field)) {
    const before = process.cpuUsage();
    for (let number = 0; number < REQUESTS; number++) ask(new Request(number), number);
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) costs.get(name)?.push(((user + system) * 1_000) / REQUESTS);
  }
}
const table: Table = {
  title: 'The admission of a request',
  columns: ['what', 'ns of CPU'],
  rows: [...costs].map(([name, nanoseconds]) => [name, Math.round(median(nanoseconds))]),
  note:
    `Medians of ${ROUNDS} rounds of ${REQUESTS} requests, Node ${process.versions.node}; ` +
    `of ${cores} cores others used ${busyCores.toFixed(1)} before (load ${load.toFixed(1)}). Refusals at level ${crowded.level}.`,
};
process.stdout.write(`${toMarkdown(table)}\n`);
