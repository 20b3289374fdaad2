import { seeded } from '../../testing/seeded.ts';
import { evictables, INSTANCES, keys, tagsOf, TENANTS } from './operations.ts';
import type { Key, Operation } from './operations.ts';

const instances = [...Array(INSTANCES).keys()];
const tenants = [...Array(TENANTS).keys()];
const features = ['slow', 'broken', 'batches', 'keys', 'tags', 'cut', 'deaf', 'lossy', 'forgetful'] as const;
type Feature = (typeof features)[number];
const lengths = [100, 1_000, 3_000, 6_000, 20_000, 400_000];

/** What a part of a schedule has beside reads. */
interface Theme {
  readonly features: readonly Feature[];
  readonly keys?: readonly Key[];
  readonly lengths?: readonly number[];
}

/** What belongs together to try a promise: a part that does a little of everything gets nowhere. */
const themes: readonly Theme[] = [
  { features: ['slow', 'keys'], lengths: [100] },
  { features: ['slow', 'tags', 'batches'], lengths: [1_000] },
  { features: ['slow', 'keys', 'deaf'], lengths: [100] },
  { features: ['slow', 'keys', 'lossy'], lengths: [100] },
  { features: ['slow', 'keys', 'forgetful'], lengths: [100] },
  { features: ['slow', 'keys'], keys: ['a', 'b'], lengths: [20_000] },
  { features: ['slow', 'keys', 'batches'], lengths: [100, 20_000] },
  { features: ['keys', 'deaf'], keys: ['a', 'b'], lengths: [6_000] },
  { features: ['keys', 'tags', 'deaf'], keys: ['a', 'b', 'c'], lengths: [3_000, 6_000] },
  { features: ['keys', 'tags', 'cut'], keys: ['a', 'b'], lengths: [100, 1_000] },
  { features: ['keys', 'tags', 'lossy'], lengths: [1_000] },
  { features: ['broken', 'keys'], lengths: [100] },
  { features: ['broken', 'keys'], keys: ['a', 'b'], lengths: [3_000] },
  { features: ['broken'], keys: ['d'], lengths: [1_000, 3_000] },
  { features: ['broken'], keys: ['c', 'd'], lengths: [20_000, 400_000] },
];

/** To open caches takes longer than to play so many. */
const PART_STEPS = 40;

/** The schedule of a seed: parts that have only the caches in common. */
export function generate(seed: number, parts: number): readonly Operation[] {
  const random = seeded(seed);
  return Array.from({ length: parts }, () => generatePart(random)).flat();
}

function generatePart(random: () => number): readonly Operation[] {
  const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const some = <T>(items: readonly T[]) => [one(items), ...items.filter(() => random() < 0.3)];
  // Nobody thinks of all that belongs together: some have what came together by chance (swarm testing).
  const theme: Theme = random() < 0.8 ? one(themes) : { features: some(features), lengths: some(lengths) };
  const has = new Set(theme.features);
  const own = {
    instances: random() < 0.6 ? instances.slice(1) : instances,
    tenants: random() < 0.2 ? tenants : [0],
    keys: random() < 0.6 ? [one(theme.keys ?? keys)] : some(theme.keys ?? keys),
    lengths: theme.lengths ?? lengths,
  };
  const instance = () => ({ at: one(own.instances) });
  const tenant = () => ({ tenant: one(own.tenants) });
  const place = () => ({ ...instance(), ...tenant() });
  const key = () => ({ key: one(own.keys) });
  const tag = () => ({ tag: one(own.keys.flatMap(tagsOf)) });
  const fails = () => has.has('broken') && random() < 0.4;
  const makers: readonly (readonly [weight: number, feature: Feature | undefined, make: () => Operation])[] =
    [
      [6, undefined, () => ({ do: 'get', ...place(), ...key(), held: false })],
      [2, undefined, () => ({ do: 'peek', ...place() })],
      [3, undefined, () => ({ do: 'advance', ms: one(own.lengths) })],
      [3, undefined, () => ({ do: 'settle' })],
      [6, 'slow', () => ({ do: 'get', ...place(), ...key(), held: true })],
      [6, 'slow', () => ({ do: 'finish', nth: one([0, 1, 2]), fails: fails() })],
      [4, 'broken', () => ({ do: 'break', ...tenant(), ...key() })],
      [2, 'broken', () => ({ do: 'mend' })],
      [3, 'batches', () => ({ do: 'getMany', ...place() })],
      [5, 'keys', () => ({ do: 'invalidate', ...place(), ...key() })],
      [3, 'tags', () => ({ do: 'invalidateTags', ...place(), ...tag() })],
      [1, 'tags', () => ({ do: 'clear', ...place() })],
      [2, 'cut', () => ({ do: 'cut', ...instance() })],
      [2, 'deaf', () => ({ do: 'cut stream', ...instance() })],
      [2, 'lossy', () => ({ do: 'lose messages', ...instance() })],
      [1, 'forgetful', () => ({ do: 'flush' })],
      [2, 'forgetful', () => ({ do: 'evict', ...tenant(), what: one(evictables), ...key() })],
      [1, 'cut', () => ({ do: 'restore', ...instance() })],
      [1, 'deaf', () => ({ do: 'restore', ...instance() })],
    ];
  const chosen = makers.filter(([, feature]) => feature === undefined || has.has(feature));
  const total = chosen.reduce((sum, [weight]) => sum + weight, 0);
  const steps = Array.from({ length: PART_STEPS }, () => {
    let left = random() * total;
    const [, , make] = chosen.find(([weight]) => (left -= weight) < 0) as (typeof makers)[number];
    return make();
  });
  return [...steps, { do: 'converge' }];
}
