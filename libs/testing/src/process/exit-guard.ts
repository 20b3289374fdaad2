type Kill = () => void;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<Kill>();
let isArmed = false;

/**
 * Calls `kill` if this process ends before the returned function is called. Children live in process groups of their
 * own, so a Ctrl-C reaches only the parent: when it handles the signal itself it decides; otherwise they end with it.
 */
export function killAtExit(kill: Kill): () => void {
  running.add(kill);
  arm();
  return () => running.delete(kill);
}

function arm(): void {
  if (isArmed) return;
  isArmed = true;
  process.on('exit', killAll);
  for (const signal of SIGNALS) {
    const onSignal = () => {
      if (process.listenerCount(signal) > 1) return;
      killAll();
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
}

function killAll(): void {
  // Last in, first out: a folder is removed after the servers that use it have ended.
  for (const kill of [...running].reverse()) kill();
  running.clear();
}
