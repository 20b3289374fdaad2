import type { Database } from '@ganitagya/database';
import { hostReports } from './host-report.ts';

/** Asks every host now. Degraded while some do not serve; down when none does. */
export async function databaseHealth(database: Database<unknown>) {
  const hosts = await database.check();
  const isUp = hosts.map(({ state }) => state === 'up');
  const status = isUp.every(Boolean) ? 'up' : isUp.some(Boolean) ? 'degraded' : 'down';
  const writable = hosts.some(({ role, state }) => role === 'primary' && state === 'up');
  return { status, writable, hosts: hostReports(hosts) } as const;
}
