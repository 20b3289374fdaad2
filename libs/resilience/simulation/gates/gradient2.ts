import type { Entrant } from '../../src/index.ts';
import { refuse, type CreateGate } from './gate.ts';

const WINDOW_MS = 1_000;
const SAMPLES_MIN = 10;
const [LIMIT_MIN, LIMIT_MAX] = [4, 200];

/** Netflix's Gradient2 with its own numbers, but for a floor that fits one loop: the limit follows the mean latency. */
export const gradient2: CreateGate = ({ clock }) => {
  const enteredAt = new Map<Entrant, number>();
  let [limit, long, sum, count, windowFrom] = [20, 0, 0, 0, 0];
  const update = () => {
    const short = sum / count;
    long = long === 0 ? short : long + (2 / 601) * (short - long);
    if (long / short > 2) long *= 0.95;
    if (enteredAt.size >= limit / 2) {
      const gradient = Math.min(1, Math.max(0.5, (1.5 * long) / short));
      limit = 0.8 * limit + 0.2 * (limit * gradient + 4);
      limit = Math.min(LIMIT_MAX, Math.max(LIMIT_MIN, limit));
    }
  };
  return {
    get limit() {
      return Math.floor(limit);
    },
    enter: (entrant) => {
      if (enteredAt.size >= Math.floor(limit)) {
        refuse(entrant);
        return;
      }
      enteredAt.set(entrant, clock());
      entrant.admitted(0);
    },
    leave: (entrant) => {
      sum += clock() - (enteredAt.get(entrant) ?? 0);
      count++;
      enteredAt.delete(entrant);
      if (clock() - windowFrom < WINDOW_MS || count < SAMPLES_MIN) return;
      update();
      [sum, count, windowFrom] = [0, 0, clock()];
    },
    noteTurn: () => undefined,
  };
};
