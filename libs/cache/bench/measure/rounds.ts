/** Visits all in turns, because a machine is never twice the same, and nobody always comes first. */
export async function inTurns<Entry>(
  entries: readonly Entry[],
  rounds: number,
  visit: (entry: Entry, round: number) => Promise<void>,
): Promise<void> {
  const turns = [...entries];
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of turns) await visit(entry, round);
    turns.push(...turns.splice(0, 1));
  }
}
