import { spawn } from 'node:child_process';
import { stateFolder } from './options.ts';
import { State } from './state.ts';
import { inWorkspace } from './workspace.ts';

// Runs a script of an app with the settings of the running `npm start`, GANITAGYA_STATE being its --state:
//   node tools/local/src/run-in.ts courses src/import/main.ts

const [app, script, ...args] = process.argv.slice(2);
if (app === undefined || script === undefined) fail('usage: run-in.ts <app> <script> [arguments]');
const state = new State(stateFolder(process.env));
const env = state.running()?.env[app];
if (env === undefined) fail(`npm start is not running, or has no service "${app}"`);
// Paths among the arguments are the caller's, so the folder stays the caller's too.
const child = spawn(process.execPath, [inWorkspace('apps', app, script), ...args], {
  stdio: 'inherit',
  env: { DEMO_PASSWORD: state.secrets().demoPassword, ...process.env, ...env },
});
child.on('exit', (code) => process.exit(code ?? 1));

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
