import type { Fleet } from '../../testing/fleet.ts';
import type { ShiftedTime } from '../../testing/shifted-time.ts';
import { TENANTS } from './operations.ts';
import type { Operation } from './operations.ts';
import { Truth } from './truth.ts';
import { World } from './world.ts';

let runs = 0;

/** Above the length from which time-outs are moved on with the clock. */
const LOAD_TIMEOUT_MS = 15_000;

/** Redis has a clock of its own: everything in it gets older instead. */
const AGE = `
local ms = tonumber(ARGV[1])
for _, key in ipairs(redis.call('KEYS', 'cache:*')) do
  local left = redis.call('PTTL', key)
  if left > ms then redis.call('PEXPIRE', key, left - ms) elseif left > 0 then redis.call('DEL', key) end
  if redis.call('TYPE', key).ok == 'hash' and redis.call('HEXISTS', key, 'v') == 1 then
    local freshUntil, rest = string.match(redis.call('HGET', key, 'f'), '^(%d+)( .*)$')
    redis.call('HSET', key, 'f', string.format('%.0f', freshUntil - ms) .. rest)
  end
end
`;

/** Plays a schedule on new caches; says what was promised and not kept. */
export async function run(
  fleet: Fleet,
  time: ShiftedTime,
  schedule: readonly Operation[],
): Promise<readonly string[]> {
  const clock = { now: 0 };
  const truth = new Truth();
  // Each costs connections.
  const tenants = schedule.some((step) => 'tenant' in step && step.tenant > 0) ? TENANTS : 1;
  const namespaces = Array.from({ length: tenants }, (_, tenant) => `model:${runs}${':'.repeat(tenant)}`);
  runs++;
  await fleet.admin.flushall();
  const { members, close } = await fleet.open(namespaces, {
    clock: () => clock.now,
    loadTimeoutMs: LOAD_TIMEOUT_MS,
  });
  const admin = {
    flush: () => fleet.admin.flushall(),
    age: (ms: number) => fleet.admin.eval(AGE, 0, ms),
    evict: (tenant: number, name: string) => fleet.admin.del(`cache:{${namespaces[tenant] ?? ''}}:${name}`),
  };
  const world = new World({ members, truth, time, clock, admin });
  try {
    for (const operation of schedule) {
      await world.do(operation);
      if (truth.violations.length > 0) break;
    }
    if (truth.violations.length === 0) await world.converge();
  } finally {
    world.stopHolding();
    await close();
    await world.ended();
  }
  return truth.violations;
}

/** Leaves out steps as long as it still fails. */
export async function shrink(
  schedule: readonly Operation[],
  fails: (shorter: readonly Operation[]) => Promise<boolean>,
): Promise<readonly Operation[]> {
  let best = schedule;
  for (let size = Math.ceil(best.length / 2); size >= 1;) {
    const before = best.length;
    for (let start = 0; start < best.length;) {
      const shorter = best.filter((_step, index) => index < start || index >= start + size);
      if (await fails(shorter)) best = shorter;
      else start += size;
    }
    // What could not be left out may be so now that other steps are gone.
    if (size > 1 || best.length === before) size = Math.floor(size / 2);
  }
  return best;
}
