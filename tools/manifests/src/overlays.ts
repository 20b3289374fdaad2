import { join } from 'node:path';

/** The folder of this repository's manifests. */
export const k8sDirectory = join(import.meta.dirname, '../../../k8s');

/** Every folder that is applied to a cluster. */
export const overlays = ['dev', 'dev/jobs', 'production', 'production/jobs'] as const;

/** The name of a folder that is applied to a cluster. */
export type Overlay = (typeof overlays)[number];

/** Where an overlay lives. */
export function overlayDirectory(overlay: Overlay): string {
  return join(k8sDirectory, 'overlays', overlay);
}
