/** What some callers got done in a short time. */
export type Slice = {
  readonly perSecond: number;
  /** CPU of this process per call, all its threads. */
  readonly cpuMicros: number;
  readonly latenciesMs: readonly number[];
};

/** How many ask at once, and for how long. */
export type SliceOptions = { readonly callers: number; readonly durationMs: number };

/** Lets callers ask one thing after the other until the time is over. */
export async function measureSlice(
  ask: () => Promise<unknown>,
  { callers, durationMs }: SliceOptions,
): Promise<Slice> {
  const latenciesMs: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + durationMs;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let now = performance.now(); now < end;) {
        await ask();
        const after = performance.now();
        latenciesMs.push(after - now);
        now = after;
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const count = latenciesMs.length;
  return {
    perSecond: (count * 1_000) / (performance.now() - start),
    cpuMicros: (user + system) / count,
    latenciesMs,
  };
}
