import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

/** The files a builder gets from the repository: what git would keep, less what .dockerignore names. */
export function buildContext(repository: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
  const ignored = readFileSync(join(repository, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return listed
    .split('\0')
    .filter(
      (file) =>
        file !== '' && !ancestors(file).some((path) => ignored.some((glob) => matchesGlob(path, glob))),
    )
    .filter((file) => existsSync(join(repository, file)));
}

/** `a`, `a/b` and `a/b/c` for `a/b/c`: a pattern that matches a folder takes all in it. */
function ancestors(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
