type Commands = Readonly<Record<string, (request: never) => Promise<unknown>>>;

/** Opens what answers, then answers the questions of the process that started this one; ends with it at any time. */
export async function answer(open: () => Promise<Commands>): Promise<void> {
  process.on('disconnect', () => process.exit());
  const commands = await open();
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
  process.send?.({ id: 0 });
}
