import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Pinned; 460 packages that only a load run needs, so they are no part of the workspace. */
const VERSION = '2.0.34';

/** Installs Artillery into `folder` unless it is there; resolves to the program. */
export async function installArtillery(folder: string, tell: (line: string) => void): Promise<string> {
  const program = join(folder, VERSION, 'node_modules/artillery/bin/run');
  if (existsSync(program)) return program;
  tell(`Installing Artillery ${VERSION} into ${folder}, once; it takes about a minute.`);
  const home = join(folder, VERSION);
  mkdirSync(home, { recursive: true });
  const manifest = { name: 'artillery-of-ganitagya', private: true, dependencies: { artillery: VERSION } };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  const code = await runProgram(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
    {
      cwd: home,
      // It would download browsers that this scenario has no use for.
      env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    },
  );
  if (code !== 0 || !existsSync(program))
    throw new Error(`npm could not install Artillery (exit code ${code})`);
  return program;
}
