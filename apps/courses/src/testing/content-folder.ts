import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A content folder of its own; give a file null to leave it out. */
export interface ContentFolder {
  readonly path: string;
  write(files: Readonly<Record<string, string | null>>): Promise<void>;
}

/** A folder with these files that is gone after the test. */
export async function contentFolder(
  t: { after(clean: () => Promise<void>): void },
  files: Readonly<Record<string, string | null>>,
): Promise<ContentFolder> {
  const path = await mkdtemp(join(tmpdir(), 'ganitagya-content-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  const write: ContentFolder['write'] = async (changes) => {
    for (const [name, text] of Object.entries(changes)) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      if (text === null) await rm(file);
      else await writeFile(file, text);
    }
  };
  await write(files);
  return { path, write };
}

export const COURSE_FILE = `---
title: { en: 'Algebra', hi: 'बीजगणित' }
summary: { en: 'Letters for numbers.', hi: 'संख्याओं के लिए अक्षर।' }
class: 10
level: board
language: bilingual
topics: [algebra]
---

About $x$.
`;

export const CHAPTER_FILE = `---
title: { en: 'Equations', hi: 'समीकरण' }
---
`;

/** A good lesson; line 14 is the first of its body. */
export const lessonFile = (title = 'Factors'): string => `---
title: { en: '${title}', hi: 'गुणनखंड' }
summary: { en: 'Split it.', hi: 'तोड़िए।' }
topics: [factorisation]
minutes: 20
exercises:
  - { question: 'Solve $x=1$.', answer: 'x = 1', solution: '$x=1$' }
  - { question: 'Solve $x=2$.', answer: 'x = 2', solution: '$x=2$' }
  - { question: 'Solve $x=3$.', answer: 'x = 3', hint: 'Look at $3$.', solution: '$x=3$' }
  - question: 'Solve $x=4$.'
    answer: 'x = 4'
    solution: '$x=4$'
---
The text with $x^2$.

## Worked examples

### Example 1

One.

### Example 2

Two.
`;

/** A folder without faults: one course, one chapter, two lessons. */
export const GOOD_FOLDER: Readonly<Record<string, string>> = {
  'README.md': 'For authors.',
  'algebra/course.md': COURSE_FILE,
  'algebra/01-equations/chapter.md': CHAPTER_FILE,
  'algebra/01-equations/01-factors.md': lessonFile('Factors'),
  'algebra/01-equations/02-roots.md': lessonFile('Roots'),
};
