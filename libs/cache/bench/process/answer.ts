/** Answers the questions of the process that started this one, and ends with it. */
export function answer(commands: Readonly<Record<string, (request: never) => Promise<unknown>>>): void {
  process.on('message', ({ id, command, request }: { id: number; command: string; request: unknown }) => {
    const work = commands[command];
    if (!work) throw new Error(`no command is called ${command}`);
    work(request as never).then(
      (result) => process.send?.({ id, result }),
      (error: unknown) =>
        process.send?.({
          id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ id: 0 });
}
