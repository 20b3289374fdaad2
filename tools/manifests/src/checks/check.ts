import type { Release } from '../release.ts';

/** Looks at a release as a whole; each line it returns is a fault. */
export type Check = (release: Release) => string[];
