import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { createGroupMetrics } from './create-group-metrics.ts';

test('a group of workers: how many serve, why others were started, and how often they were late', async () => {
  const metrics = createGroupMetrics({ service: 'echo' });
  const workers = Object.assign(new EventEmitter(), { wanted: 2, readyCount: 2, isHeld: false });
  metrics.observeWorkers(workers);
  workers.emit('restart', 'frozen');
  workers.emit('late');
  workers.emit('late');
  Object.assign(workers, { readyCount: 1, isHeld: true });
  const { body } = await metrics.exposition();
  for (const line of [
    /^worker_wanted\{[^}]*\} 2$/mu,
    /^worker_ready\{[^}]*\} 1$/mu,
    /^worker_rolling_restart_held\{[^}]*\} 1$/mu,
    /^worker_restarts_total\{[^}]*reason="frozen"[^}]*\} 1$/mu,
    /^worker_restarts_total\{[^}]*reason="died"[^}]*\} 0$/mu,
    /^worker_heartbeats_late_total\{[^}]*\} 2$/mu,
  ]) {
    assert.match(body, line);
  }
});
