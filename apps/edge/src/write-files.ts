import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { CompleteEdgeOptions } from './options.ts';
import type { EdgeFiles } from './render.ts';

/** Writes the files below `folder`, each in one step, so that a running nginx never reloads half of one. */
export async function writeFiles(folder: string, files: EdgeFiles): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }
}

/** Makes the folders that nginx expects to find: of temporary files, logs, the pid and the site. */
export async function makeFolders(folder: string, options: CompleteEdgeOptions): Promise<void> {
  const files = [options.accessLog, options.errorLog, options.pidPath].map((path) => dirname(path));
  for (const path of [options.tempPath, options.staticRoot, ...files]) {
    await mkdir(isAbsolute(path) ? path : join(folder, path), { recursive: true });
  }
}
