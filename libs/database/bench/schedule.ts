// Do promises hold under random schedules of kill, freeze, lag and promotion? node bench/schedule.ts --help
import { parseArgs } from 'node:util';

import { formatSchedule } from '../src/schedule/fault.ts';
import { countsOf, findViolations, scheduleOf } from '../src/schedule/search.ts';

const HELP = `node bench/schedule.ts [--seeds 20] [--from 1] [--users 10] [--seconds 12] [--log]
Runs the schedules of some seeds, each on a cluster of its own, and checks what every user saw: his own writes, never less
than before, nothing too old, nothing lost. A broken promise is shrunk and printed; the exit code is 1 then.`;
const SHRINK = { runsMax: 20, timeMsMax: 300_000 };

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    users: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '12' },
    log: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const numbers = [values.seeds, values.from, values.users, values.seconds].map(Number);
if (!numbers.every((number) => Number.isInteger(number) && number > 0)) {
  throw new RangeError(`numbers must be positive integers\n${HELP}`);
}
const [seeds = 0, from = 0, users = 0, seconds = 0] = numbers;

// So that what was started ends and what was written goes, also after Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const total = new Map<string, number>();
const failures = new Map<string, number>();
for (let seed = from; seed < from + seeds; seed += 1) {
  const schedule = scheduleOf(seed, seconds * 1_000);
  if (values.log) console.log(formatSchedule(schedule));
  const { result, report } = await findViolations(
    { schedule, seed, users, ...(values.log ? { log: console.log } : {}) },
    SHRINK,
  );
  const counts = countsOf(result);
  for (const [name, count] of Object.entries(counts)) total.set(name, (total.get(name) ?? 0) + count);
  for (const [text, count] of result.failures) failures.set(text, (failures.get(text) ?? 0) + count);
  console.log(`seed ${seed}, ${schedule.length} faults: ${JSON.stringify(counts)}`);
  for (const error of result.untyped.slice(0, 3)) console.log(error);
  if (report === undefined) continue;
  process.exitCode = 1;
  console.log(`${report}\nof the schedule\n${formatSchedule(schedule)}`);
}
console.log(`${seeds} seeds of ${seconds} s, ${users} users: ${JSON.stringify(Object.fromEntries(total))}`);
for (const [text, count] of failures) console.log(`${count} x ${text}`);
