import { readFile, writeFile } from 'node:fs/promises';

const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Replaces the figures in a README, between its two marks. Throws where there are none. */
export async function writeFigures(readme: URL, figures: string): Promise<void> {
  const text = await readFile(readme, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the README has no place for figures');
  await writeFile(readme, `${before}${BEGIN}\n\n${figures}\n\n${END}${after}`);
}
