import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the workspace. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A path below the workspace's root. */
export function inWorkspace(...parts: readonly string[]): string {
  return join(ROOT, ...parts);
}
