import { serviceVersion } from '../service-version.ts';

/** `degraded`: it answers, with less than usual. */
export type HealthStatus = 'up' | 'degraded' | 'down';

/** How one part is; what else it tells is for people. */
export interface HealthReport {
  readonly status: HealthStatus;
  readonly [detail: string]: unknown;
}

/** Asked when `/health` is; bounded by the caller. */
export type HealthCheck = () => Promise<HealthReport> | HealthReport;

const CHECK_TIMEOUT_MS = 1_000;

/** The truth about this process and what it depends on. */
export class HealthChecks {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #version = serviceVersion();
  /** Only a `ready` process should be sent requests; a `draining` one answers those that come all the same. */
  state: 'starting' | 'ready' | 'draining' = 'starting';

  add(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  /** Every part's report; a check that fails or takes over a second counts as down. */
  async report(): Promise<HealthReport> {
    const parts = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await answer(check)] as const),
    );
    const statuses = parts.map(([, part]) => part.status);
    const worst = statuses.includes('down') ? 'down' : statuses.includes('degraded') ? 'degraded' : 'up';
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    return {
      status: worst,
      state: this.state,
      timestamp: new Date().toISOString(),
      uptime: Math.round(process.uptime()),
      pid: process.pid,
      node: process.version,
      version: this.#version,
      memory: { rss, heapUsed, heapTotal, external },
      ...Object.fromEntries(parts),
    };
  }
}

async function answer(check: HealthCheck): Promise<HealthReport> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthReport>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'down', error: 'no answer in time' }), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return { status: 'down', error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
