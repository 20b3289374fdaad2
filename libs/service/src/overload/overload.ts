import { createAdmission, type Admission } from '@ganitagya/resilience';
import type { Metrics } from '@ganitagya/metrics';
import fp from 'fastify-plugin';
import type { HealthReport } from '../health/health-checks.ts';
import { declarePriorities } from './route-priority.ts';
import { Ticket, type Gate } from './ticket.ts';
import { TokenTrust } from './token-trust.ts';
import { TurnMeter } from './turn-meter.ts';

/** Where overload control tells of itself, and what it is to use; the admission is the process's own by default. */
export interface OverloadOptions {
  readonly metrics: Metrics;
  readonly docsPath: string;
  readonly onHealth: (name: string, check: () => HealthReport) => void;
  readonly admission?: Admission;
}

/**
 * Lets in as many requests as this process can answer in time and refuses the others at once, the least important first,
 * before any work. Register it before everything else that a request meets.
 */
export const overload = fp<OverloadOptions>(
  async (app, { metrics, docsPath, onHealth, admission = createAdmission() }) => {
    const gate: Gate = { admission, trust: new TokenTrust() };
    const meter = new TurnMeter((turnMs) => {
      admission.noteTurn(turnMs);
      metrics.overload.turn(turnMs / 1_000);
    });
    metrics.overload.observe(admission);
    onHealth('overload', () => reportOf(admission));
    admission.events.on('level', ({ from, to }) => {
      if (from === 0) app.log.warn({ level: to }, 'overloaded: the least important requests are refused');
      else if (to === 0) app.log.info('not overloaded any more');
    });
    declarePriorities(app, docsPath);
    app.addHook('onRequest', (request, reply, done) => new Ticket(gate, request, reply, done).enter());
    app.addHook('onReady', (done) => {
      meter.start();
      done();
    });
    app.addHook('onClose', (_app, done) => {
      meter.stop();
      done();
    });
  },
  { name: 'overload', fastify: '5.x' },
);

function reportOf(admission: Admission): HealthReport {
  const { level, limit, inFlight, queued } = admission;
  return { status: level > 0 ? 'degraded' : 'up', level, limit, inFlight, queued, ...totalsOf(admission) };
}

function totalsOf(admission: Admission) {
  const { admitted, refused, queued } = admission.stats();
  return { requests: { admitted, refused, queued } };
}
