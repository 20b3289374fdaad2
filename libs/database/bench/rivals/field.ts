import { readFile } from 'node:fs/promises';

import { openDrizzle } from './testing/drizzle.ts';
import { openOurs } from './ours.ts';
import type { Hosts, Rival } from './rival.ts';
import { openTypeorm } from './testing/typeorm.ts';

/** All of them on the same hosts, by name. */
export type Field = ReadonlyMap<string, Rival>;

type Manifest = { readonly devDependencies: Readonly<Record<string, string>> };

/** Opens everybody for some work. */
export async function withField<Result>(
  hosts: Hosts,
  work: (field: Field) => Promise<Result>,
): Promise<Result> {
  const file = new URL('../../package.json', import.meta.url);
  const { devDependencies } = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  const field = new Map<string, Rival>([
    ['ours', await openOurs(hosts)],
    [`drizzle-orm ${devDependencies['drizzle-orm'] ?? ''} withReplicas`, await openDrizzle(hosts)],
    [`typeorm ${devDependencies.typeorm ?? ''} replication`, await openTypeorm(hosts)],
  ]);
  try {
    return await work(field);
  } finally {
    await Promise.all([...field.values()].map((rival) => rival.close()));
  }
}
