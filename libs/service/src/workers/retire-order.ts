import type { Worker } from 'node:cluster';

const ORDER = 'ganitagya:retire';

/** In the primary: another worker has taken over; this one is to answer what is under way and end. */
export function orderToRetire(worker: Worker): void {
  // One that has just died is told nothing; its exit says it all.
  if (worker.isConnected()) worker.send(ORDER, () => undefined);
}

/** In a worker: calls `retire` when the primary orders it. */
export function onOrderToRetire(retire: () => void): void {
  process.on('message', (message: unknown) => {
    if (message === ORDER) retire();
  });
}
