import { readFile, writeFile } from 'node:fs/promises';

const FILE = new URL('./README.md', import.meta.url);
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Replaces the figures in the README beside this file. */
export async function writeReadme(figures: string): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the README has no place for figures');
  await writeFile(FILE, `${before}${BEGIN}\n\n${figures}\n\n${END}${after}`);
}
