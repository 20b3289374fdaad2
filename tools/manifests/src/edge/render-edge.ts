import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { k8sDirectory } from '../overlays.ts';
import { inlineIncludes } from './inline-includes.ts';

const repository = join(k8sDirectory, '..');

/** The options of the edge in a cluster. */
export const edgeOptionsFile = join(k8sDirectory, 'base/edge/edge.json');

/** Where the rendered configuration is kept, for the ConfigMap of the edge. */
export const edgeConfigFile = join(k8sDirectory, 'base/edge/config/nginx.conf');

/** The configuration of nginx as one file, by the edge's own renderer; `options` is a JSON file. */
export function renderEdge(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-config-'));
  try {
    const command = ['apps/edge/src/main.ts', 'render', '--out', folder, '--config', options];
    execFileSync(process.execPath, command, { cwd: repository, stdio: ['ignore', 'ignore', 'pipe'] });
    const files = new Map(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
    );
    return `# Written by npm run k8s:edge-config from k8s/base/edge/edge.json. Do not edit.\n${inlineIncludes(files, 'nginx.conf')}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
