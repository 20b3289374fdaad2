import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath } from '@ganitagya/testing';
import { startData } from './data.ts';
import { edgePart } from './edge.ts';
import { Keeper } from './keep-running.ts';
import { Logs } from './logs.ts';
import { parseStartOptions, START_HELP, UsageError, type StartOptions } from './options.ts';
import { assertPortFree, PortTakenError } from './ports.ts';
import { prepareData } from './prepare.ts';
import { serviceEnv, SERVICES } from './service-env.ts';
import { serviceProcess, type ServiceProcess } from './service-process.ts';
import { State, type RunFile } from './state.ts';
import { welcome } from './welcome.ts';

const tell = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options === undefined) tell(START_HELP);
  else await start(options);
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof PortTakenError;
  process.stderr.write(`${isExpected ? error.message : describe(error)}\n`);
  process.exit(1);
}

async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  const state = new State(options.state);
  const already = state.running();
  if (already !== undefined) throw new UsageError(`It runs already (process ${already.pid}): ${already.url}`);
  await assertPortFree(options.port);

  const abort = new AbortController();
  const logs = new Logs(state);
  const keeper = new Keeper(
    tell,
    (part) => void stop(`${part.name} keeps dying; see ${state.join('logs')}`, 1),
  );
  let stopping: Promise<void> | undefined;

  function stop(reason: string, code: number): Promise<void> {
    stopping ??= (async () => {
      tell(reason);
      abort.abort();
      await keeper.stop();
      state.removeRun();
      logs.close();
      process.exit(code);
    })();
    return stopping;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop('\nstopping …', 0));
  }

  try {
    const run = await bringUp(options, state, keeper, logs, abort.signal);
    state.writeRun(run);
    tell(welcome(run, state.secrets(), (performance.now() - startedAt) / 1000));
  } catch (error) {
    if (stopping === undefined) await stop(describe(error), 1);
    await stopping;
  }
}

async function bringUp(
  options: StartOptions,
  state: State,
  keeper: Keeper,
  logs: Logs,
  signal: AbortSignal,
): Promise<RunFile> {
  const url = `http://127.0.0.1:${options.port}`;
  const secrets = state.secrets();
  const data = await startData(state, secrets, keeper, logs.of, signal, !options.without.includes('redis'));
  if (data.redis === undefined) tell('without redis-server: caches and limits are per process');
  const nginx = options.without.includes('nginx') ? undefined : findOnPath('nginx');
  if (nginx === undefined) tell('without nginx: a small proxy stands in, with no limits and no caching');
  await prepareData(state, data, secrets, tell);
  signal.throwIfAborted();

  const processes: Record<string, ServiceProcess[]> = {};
  const envs: Record<string, Record<string, string>> = {};
  for (const service of SERVICES) {
    const env = serviceEnv(service, data, secrets, url, options.instances);
    envs[service.app] = env;
    processes[service.app] = await Promise.all(
      Array.from({ length: options.instances }, (_, index) =>
        serviceProcess(service.app, index + 1, env, logs.of(`${service.app}-${index + 1}`)),
      ),
    );
  }
  const portsOf = (app: string) => (processes[app] ?? []).map(({ port }) => ({ host: '127.0.0.1', port }));
  const upstreams = { auth: portsOf('auth'), courses: portsOf('courses'), aiTutor: portsOf('ai-tutor') };
  const all = Object.values(processes).flat();
  const [edge] = await Promise.all([
    edgePart(state, options.port, upstreams, nginx, logs.of('edge')),
    keeper.start(...all),
  ]);
  signal.throwIfAborted();
  await keeper.start(edge);
  await answers(`${url}/api/courses`);
  await tutorKnowsTheLessons(url);
  return {
    pid: process.pid,
    url,
    postgres: {
      adminUrl: data.cluster.adminUrl,
      primary: data.cluster.primary.url(),
      replicas: data.cluster.replicas.map((replica) => replica.url()),
    },
    redis: data.redis?.url,
    management: Object.fromEntries(all.map((part) => [part.name, part.managementUrl])),
    env: envs,
  };
}

async function answers(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** At the first start the tutor reads the lessons only now; what it does not have in ten seconds it gets later. */
async function tutorKnowsTheLessons(url: string): Promise<void> {
  const asked = { question: 'Explain quadratic equations' };
  for (let tries = 0; tries < 20; tries += 1) {
    const response = await fetch(`${url}/api/ai/tutor/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
      signal: AbortSignal.timeout(10_000),
    });
    const { source } = (await response.json()) as { readonly source?: string };
    if (source !== 'none') return;
    await sleep(500);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
