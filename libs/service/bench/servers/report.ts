/** What a server process tells the bench, and is asked by it. */
export type ServerMessage =
  { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'cpu'; readonly micros: number };
export type ServerQuestion = { readonly kind: 'cpu' };

/** Tells the bench that this server listens, answers its questions, and ends with it. */
export function reportToBench(port: number): void {
  const tell = (message: ServerMessage) => void process.send?.(message);
  process.on('message', ({ kind }: ServerQuestion) => {
    const { user, system } = process.cpuUsage();
    tell({ kind, micros: user + system });
  });
  process.on('disconnect', () => process.exit(0));
  tell({ kind: 'listening', port });
}
