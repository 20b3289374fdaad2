import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/**
 * What `npm ci --omit=dev --workspace=…` installs: the places in package-lock.json that a workspace reaches through
 * production dependencies, workspaces (`libs/cache`) and packages (`node_modules/pg`) alike.
 */
export function productionPackages(repository: string, workspace: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const reached = new Set<string>();
  const visit = (place: string) => {
    if (reached.has(place)) return;
    reached.add(place);
    const { dependencies, optionalDependencies } = packages[place] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolve(packages, place, name);
      if (found !== undefined) visit(found);
    }
  };
  visit(workspace);
  return [...reached];
}

/** As Node looks for it: in the package's own node_modules, then in its parents'. Links lead to workspaces. */
function resolve(packages: Record<string, LockedPackage>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = folder === '.' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = packages[place];
    if (entry !== undefined) return entry.link === true ? entry.resolved : place;
    if (folder === '.') return undefined;
  }
}
