/**
 * Runs `onLate` after `timeoutMs` unless the returned function is called before. When our own event loop was blocked,
 * what has arrived meanwhile is handled first, so that a busy process does not take others for dead.
 */
export function startDeadline(timeoutMs: number, onLate: () => void): () => void {
  let isOver = false;
  const timer = setTimeout(() => {
    setImmediate(() =>
      setImmediate(() => {
        if (!isOver) onLate();
      }),
    );
  }, timeoutMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
