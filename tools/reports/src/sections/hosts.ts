import { createDatabase } from '@ganitagya/database';
import { hostReports, type HostReport } from '@ganitagya/service/host-report';
import type { Targets } from '../targets.ts';

/** A database host as one process sees it: its health page shows the same. */
export interface SeenHost extends HostReport {
  /** A process of the platform, or `db-report`; load, latency, weight and ejections are those of the process. */
  readonly seenBy: string;
}

const HEALTH_TIMEOUT_MS = 3_000;

/** What a health page tells of the database; that of several workers tells it of each. */
interface HealthPage {
  readonly pid: number;
  readonly database?: { readonly hosts?: readonly HostReport[] };
  readonly workers?: readonly HealthPage[];
}

/** The hosts as this process finds them: probed now, and not used for anything yet. */
export async function hostsSeenHere({ primary, replicas }: Targets): Promise<SeenHost[]> {
  const database = createDatabase({ primary, replicas, applicationName: 'db-report' });
  try {
    // The age of replicas is known when the primary has been seen before.
    await database.check();
    return hostReports(await database.check()).map((host) => ({ seenBy: 'db-report', ...host }));
  } finally {
    await database.destroy();
  }
}

/** The hosts as a running process of the platform sees them. Throws an error that names it. */
export async function hostsSeenBy(name: string, managementUrl: string): Promise<SeenHost[]> {
  try {
    const answer = await fetch(`${managementUrl}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return hostsOf(name, (await answer.json()) as HealthPage);
  } catch (cause) {
    throw new Error(`${name} does not tell its health: ${reasonOf(cause)}`, { cause });
  }
}

function hostsOf(seenBy: string, { database, workers = [] }: HealthPage): SeenHost[] {
  return [
    ...(database?.hosts ?? []).map((host) => ({ seenBy, ...host })),
    ...workers.flatMap((worker) => hostsOf(`${seenBy} ${worker.pid}`, worker)),
  ];
}

/** `fetch` keeps its reason inside. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
