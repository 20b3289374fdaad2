/** How old what a process hands out may be while it cannot hear of other processes' invalidations. */
export const DEAF_TTL_MS = 5_000;
