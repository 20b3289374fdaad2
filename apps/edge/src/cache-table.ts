import { cacheControl, cacheRules, type CacheRule } from '@ganitagya/service';

const rules: readonly [name: string, rule: CacheRule][] = Object.entries(cacheRules);

/** Lines of an nginx map from file endings to `Cache-Control`, for the rules of a folder. */
export function cacheControlByExtension(folder: string): string {
  return rules
    .filter(([, rule]) => rule.paths.includes(folder) && rule.extensions.length > 0)
    .map(([, rule]) => `"~*\\.(${rule.extensions.join('|')})$" "${cacheControl(rule)}";`)
    .join('\n');
}

/** Line of an nginx map for names that change with their content, the only ones that may be immutable. */
export function cacheControlOfHashedNames(): string {
  const versionFolder = String.raw`[\w-]+-\d+\.\d+\.\d+/.+`;
  const hashedName = String.raw`(.+/)?[\w.-]+[.-][0-9a-f]{10,64}\.[a-z0-9]+`;
  return `"~^/static/(${versionFolder}|${hashedName})$" "${cacheControl(cacheRules.static)}";`;
}

/** The table of cache lifetimes for readers, as Markdown. */
export function cacheTable(): string {
  const rows = rules.map(([name, rule]) => [
    name,
    rule.paths.map((path) => `\`${path}\``).join(', '),
    rule.extensions.length === 0 ? 'all' : rule.extensions.join(', '),
    duration(rule.browserS),
    duration(rule.cdnS),
    `\`${cacheControl(rule)}\``,
  ]);
  const header = ['rule', 'paths', 'files', 'browser', 'CDN', '`Cache-Control`'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function duration(seconds: number): string {
  if (seconds >= 86_400) return `${seconds / 86_400} d`;
  return `${seconds / 60} min`;
}
