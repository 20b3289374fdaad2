import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

// `read` returns when the pipe to our process closes, however that process ended.
const SCRIPT = 'read -r _; kill -s "$1" "$2" 2>/dev/null; sleep 5; kill -s KILL "$2" 2>/dev/null';

/**
 * Ends a child when this process is gone, even by SIGKILL, which no handler sees: first with `signal`, five seconds
 * later with SIGKILL. Call the returned function when the child has ended.
 */
export function endWithThisProcess(pid: number, signal: NodeJS.Signals): () => void {
  const shell = spawn('sh', ['-c', SCRIPT, 'sh', signal.replace('SIG', ''), String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  // Typed as a stream, but the pipe to a child is a socket; it must not keep this process alive.
  (shell.stdin as unknown as Socket).unref();
  shell.stdin.on('error', () => undefined);
  return () => void shell.kill('SIGKILL');
}
