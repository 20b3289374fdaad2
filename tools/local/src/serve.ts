import { spawn } from 'node:child_process';
import { startData } from './data.ts';
import { Keeper } from './keep-running.ts';
import { Logs } from './logs.ts';
import { stateFolder, UsageError } from './options.ts';
import { prepareData } from './prepare.ts';
import { serviceEnv, SERVICES, type Service } from './service-env.ts';
import { State } from './state.ts';
import { inWorkspace } from './workspace.ts';

// Run by `npx nx serve <app>`: one service with reload on change, on PORT (3000). Its settings are those of the
// environment; without DATABASE_URL, those of the running `npm start`; without that, databases of its own.

/** Of the first service; each has its own, so that services served side by side do not meet. */
const MANAGEMENT_PORT = 9100;

const tell = (line: string) => void process.stdout.write(`${line}\n`);
const wanted = SERVICES.find(({ app }) => app === process.argv[2]);
if (wanted === undefined) {
  process.stderr.write(`usage: serve.ts ${SERVICES.map(({ app }) => app).join(' | ')}\n`);
  process.exit(1);
}
try {
  await serve(wanted);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function serve(service: Service): Promise<void> {
  const state = new State(stateFolder(process.env));
  const logs = new Logs(state);
  const keeper = new Keeper(tell, (part) => {
    tell(`${part.name} keeps dying; see ${state.join('logs')}`);
    child.kill('SIGTERM');
  });
  const env =
    process.env['DATABASE_URL'] === undefined ? await environment(service, state, keeper, logs) : {};
  const managementPort = MANAGEMENT_PORT + SERVICES.indexOf(service);
  const child = spawn(process.execPath, ['--watch-preserve-output', '--watch', 'src/main.ts'], {
    cwd: inWorkspace('apps', service.app),
    stdio: 'inherit',
    env: { MANAGEMENT_PORT: String(managementPort), ...env, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    void keeper.stop().then(() => {
      logs.close();
      process.exit(code ?? 0);
    });
  });
}

async function environment(
  service: Service,
  state: State,
  keeper: Keeper,
  logs: Logs,
): Promise<Readonly<Record<string, string>>> {
  const running = state.running()?.env[service.app];
  if (running !== undefined) {
    tell('using the databases of the running npm start');
    return running;
  }
  const secrets = state.secrets();
  const data = await startData(state, secrets, keeper, logs.of, new AbortController().signal);
  await prepareData(state, data, secrets, tell);
  return serviceEnv(service, data, secrets, 'http://127.0.0.1:3000', 1);
}
