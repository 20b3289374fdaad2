import { createHash } from 'node:crypto';
import { Endings } from '../../endings.ts';
import { Failures } from '../../failures.ts';
import { Flights } from '../../flights.ts';
import { Marks } from '../../invalidation/marks.ts';
import { Outbox } from '../../invalidation/outbox.ts';
import { Keeper } from '../../keeper.ts';
import { LocalStore } from '../../local-store.ts';
import { INVALIDATE, READ, STORE } from '../../tiers/scripts.ts';
import type { Script } from '../../tiers/run-script.ts';

/** A mistake that the library could have made. */
export interface Mistake {
  readonly name: string;
  /** Makes it; the returned function undoes it. */
  readonly plant: () => () => void;
}

/** Mistakes that schedules must find. */
export const mistakes: readonly Mistake[] = [
  {
    name: 'the store does not compare versions',
    plant: () => rewrite(STORE, 'mark and tonumber(mark) > at', 'false'),
  },
  {
    name: 'the read does not compare versions',
    plant: () => rewrite(READ, 'mark and tonumber(mark) <= at', 'true'),
  },
  {
    name: 'a key leaves no tombstone',
    plant: () => rewrite(INVALIDATE, "redis.call('HSET'", "redis.pcall('NONE'"),
  },
  { name: 'gaps are ignored', plant: ignoreGaps },
  {
    name: 'copies live on while nothing is heard',
    plant: () => replace(LocalStore.prototype, 'setDeafSince', () => undefined),
  },
  {
    name: 'loads under way are not told of their key',
    plant: () => replace(Flights.prototype, 'void', () => undefined),
  },
  {
    name: 'what was loaded is kept whatever was invalidated meanwhile',
    plant: () => replace(Keeper.prototype, 'isKeepable', () => true),
  },
  { name: 'tags are not marked', plant: () => replace(Marks.prototype, 'markTags', () => true) },
  {
    name: 'Redis is read before it has what it missed',
    plant: () => replace(Outbox.prototype, 'flush', () => Promise.resolve(true)),
  },
  { name: 'stale values are served for ever', plant: keepForEver },
  {
    name: 'an error is given although there is a stale value',
    plant: () => replace(Endings.prototype, 'answerStale', () => false),
  },
  { name: 'errors are remembered for longer than the pause', plant: rememberErrors },
  {
    name: 'an invalidation does not end the pause after an error',
    plant: () =>
      replaceAll([
        replace(Failures.prototype, 'forget', () => undefined),
        replace(Failures.prototype, 'clear', () => undefined),
      ]),
  },
  {
    name: 'what comes after the time-out is kept whatever was invalidated meanwhile',
    plant: () =>
      replaceAll([
        replace(Flights.prototype, 'leaveOverdue', function (this: Flights, flight) {
          this.end(flight);
        }),
        // Else what Redis refuses is taken back from memory.
        replace(LocalStore.prototype, 'deleteEntry', () => undefined),
      ]),
  },
];

function replace<T extends object, K extends keyof T>(target: T, name: K, method: T[K]): () => void {
  const original = target[name];
  target[name] = method;
  return () => {
    target[name] = original;
  };
}

function rewrite(script: Script, from: string, to: string): () => void {
  const { lua, sha } = script;
  if (!lua.includes(from)) throw new Error(`no ${from} to rewrite`);
  const changed = lua.replaceAll(from, to);
  Object.assign(script, { lua: changed, sha: createHash('sha1').update(changed).digest('hex') });
  return () => Object.assign(script, { lua, sha });
}

function replaceAll(undos: readonly (() => void)[]): () => void {
  return () => {
    for (const undo of undos) undo();
  };
}

function keepForEver(): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const { set } = LocalStore.prototype;
  return replace(LocalStore.prototype, 'set', function (this: LocalStore, key, kept, isNegative) {
    return set.call(this, key, { ...kept, expiresAt: Number.MAX_SAFE_INTEGER }, isNegative);
  });
}

/** Ten times as long. */
function rememberErrors(): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const { current } = Failures.prototype;
  return replace(Failures.prototype, 'current', function (this: Failures, key, now) {
    return current.call(this, key, now - 20_000);
  });
}

/** Everything is still dropped when that was asked for. */
function ignoreGaps(): () => void {
  let isAsked = false;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const { invalidate, dropAll } = LocalStore.prototype;
  const undoInvalidate = replace(
    LocalStore.prototype,
    'invalidate',
    function (this: LocalStore, invalidation) {
      isAsked = true;
      try {
        return invalidate.call(this, invalidation);
      } finally {
        isAsked = false;
      }
    },
  );
  const undoDropAll = replace(LocalStore.prototype, 'dropAll', function (this: LocalStore) {
    if (isAsked) dropAll.call(this);
  });
  return () => {
    undoInvalidate();
    undoDropAll();
  };
}
