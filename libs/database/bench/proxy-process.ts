// One proxy in a process of its own: distance.ts starts it with a port and a latency, and it ends with its parent.
import { startProxy } from '../src/testing/bench-parts.ts';

const [port, latencyMs] = process.argv.slice(2).map(Number);
if (!port || latencyMs === undefined) throw new Error('a port and a latency are needed');
const proxy = await startProxy({ port });
proxy.latencyMs = latencyMs;
process.on('disconnect', () => process.exit());
process.send?.(proxy.port);
