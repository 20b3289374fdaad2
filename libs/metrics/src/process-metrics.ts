import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from './client.ts';

/** Opening so many as a server has connections takes milliseconds to list, so they are listed now and then only. */
const DESCRIPTORS_EVERY_MS = 5_000;

/** Adds what runs: the version of the service, and of Node. */
export function observeBuild(version: string, registry: Registry): void {
  new Gauge({
    name: 'service_build_info',
    help: 'The versions of the service and of Node.js.',
    labelNames: ['version', 'node'],
    aggregator: 'first',
    registers: [registry],
  }).set({ version, node: process.version }, 1);
}

/** Adds what Prometheus knows every process by. Of a group of processes it is the sum. */
export function observeProcess(registry: Registry): void {
  const registers = [registry];
  let cpuSeconds = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, of user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const seconds = (user + system) / 1e6;
      this.inc(seconds - cpuSeconds);
      cpuSeconds = seconds;
    },
  });
  const startTime = new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970; of several, the first.',
    aggregator: 'min',
    registers,
  });
  startTime.set(performance.timeOrigin / 1_000);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that is in the machine.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  if (process.platform === 'linux') observeDescriptors(registers);
}

function observeDescriptors(registers: Registry[]): void {
  const limit = Number(/^Max open files +(\d+)/mu.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  let listedAt = -Infinity;
  new Gauge({
    name: 'process_open_fds',
    help: 'Open file descriptors, counted every five seconds.',
    registers,
    async collect() {
      if (performance.now() - listedAt < DESCRIPTORS_EVERY_MS) return;
      listedAt = performance.now();
      const open = await readdir('/proc/self/fd').catch(isExhausted);
      // One of them is that of the list itself.
      this.set(open === true ? limit : open.length - 1);
    },
  });
  new Gauge({
    name: 'process_max_fds',
    help: 'How many file descriptors may be open.',
    registers,
  }).set(limit);
}

/** Whether the list itself found no descriptor left. */
function isExhausted(error: unknown): true {
  if (error instanceof Error && 'code' in error && error.code === 'EMFILE') return true;
  throw error;
}
