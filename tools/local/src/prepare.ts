import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Data } from './data.ts';
import { fingerprint } from './fingerprint.ts';
import { SERVICES } from './service-env.ts';
import type { Secrets, State } from './state.ts';
import { inWorkspace } from './workspace.ts';

/** The lessons, and the code that renders them. */
const CONTENT_INPUTS = [
  inWorkspace('content'),
  ...['import', 'markdown', 'lessons'].map((folder) => inWorkspace('apps', 'courses', 'src', folder)),
];
const STEP_TIMEOUT_MS = 120_000;
const run = promisify(execFile);

/** Migrations, content and demo accounts: each step runs when its inputs are not those of the last time. */
export async function prepareData(
  state: State,
  data: Data,
  secrets: Secrets,
  tell: (line: string) => void,
): Promise<void> {
  // What was done to another cluster (its folder was removed since) is not done to this one.
  const cluster = await systemIdentifier(data);
  const once = (step: string, inputs: readonly string[], work: () => Promise<void>) =>
    onceFor(state, step, `${cluster} ${fingerprint(...inputs)}`, work);
  await Promise.all(
    SERVICES.map(({ app, schema }) =>
      once(`migrate ${app}`, [inWorkspace('apps', app, 'src', 'migrations')], () =>
        runScript(app, ['src/migrate.ts', 'up'], { MIGRATION_DATABASE_URL: data.url(schema, 'owner') }),
      ),
    ),
  );
  await Promise.all([
    once('demo accounts', [inWorkspace('apps', 'auth', 'src', 'passwords')], () => {
      tell('creating the demo accounts …');
      return runScript('auth', ['src/seed.ts', '--demo'], {
        DATABASE_URL: data.url('auth', 'app'),
        DEMO_PASSWORD: secrets.demoPassword,
      });
    }),
    once('content', CONTENT_INPUTS, () => {
      tell('importing the courses …');
      return runScript('courses', ['src/import/main.ts', inWorkspace('content')], {
        DATABASE_URL: data.url('courses', 'app'),
        ...(data.redis === undefined ? {} : { REDIS_URL: data.redis.url }),
      });
    }),
  ]);
}

async function systemIdentifier({ cluster }: Data): Promise<string> {
  const [row] = await cluster.primary.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  );
  if (row === undefined) throw new Error('Postgres tells no system identifier');
  return row.id;
}

async function onceFor(state: State, step: string, print: string, work: () => Promise<void>): Promise<void> {
  if (state.isDone(step, print)) return;
  await work();
  state.markDone(step, print);
}

async function runScript(app: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  try {
    await run(process.execPath, [...args], {
      cwd: inWorkspace('apps', app),
      env: { ...process.env, ...env },
      timeout: STEP_TIMEOUT_MS,
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${app}: node ${args.join(' ')} failed\n${stdout}${stderr}`, { cause: error });
  }
}
