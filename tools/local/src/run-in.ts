import { spawn } from 'node:child_process';
import { State } from './state.ts';
import { inWorkspace } from './workspace.ts';

// Runs a script of an app with the settings of the running `npm start`:
//   node tools/local/src/run-in.ts courses src/import/main.ts

const [app, ...args] = process.argv.slice(2);
if (app === undefined || args.length === 0) fail('usage: run-in.ts <app> <script> [arguments]');
const env = new State('.local').running()?.env[app];
if (env === undefined) fail(`npm start is not running, or has no service "${app}"`);
const child = spawn(process.execPath, args, {
  cwd: inWorkspace('apps', app),
  stdio: 'inherit',
  env: { ...process.env, ...env },
});
child.on('exit', (code) => process.exit(code ?? 1));

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
