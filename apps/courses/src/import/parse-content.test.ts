import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import {
  CHAPTER_FILE,
  contentFolder,
  COURSE_FILE,
  GOOD_FOLDER,
  lessonFile,
} from '../testing/content-folder.ts';
import { formatFault } from './fault.ts';
import { parseContent } from './parse-content.ts';

const LESSON = 'algebra/01-equations/01-factors.md';

/** The faults of the good folder with these files changed. */
async function faultsOf(t: TestContext, changes: Readonly<Record<string, string>>): Promise<string[]> {
  const { path } = await contentFolder(t, { ...GOOD_FOLDER, ...changes });
  return (await parseContent(path)).faults.map(formatFault);
}

test('a good folder gives courses, chapters and rendered lessons in order', async (t) => {
  const { path } = await contentFolder(t, GOOD_FOLDER);
  const { courses, faults } = await parseContent(path);
  assert.deepEqual(faults, []);
  assert.equal(courses.length, 1);
  const course = courses[0];
  assert.ok(course !== undefined);
  assert.deepEqual(
    course.chapters.map(({ slug, lessons }) => [
      slug,
      lessons.map((lesson) => [lesson.position, lesson.slug]),
    ]),
    [
      [
        'equations',
        [
          [1, 'factors'],
          [2, 'roots'],
        ],
      ],
    ],
  );
  const lesson = course.chapters[0]?.lessons[0];
  assert.ok(lesson !== undefined);
  assert.match(lesson.html, /class="katex"/u);
  assert.match(lesson.exercises[2]?.hintHtml ?? '', /class="katex"/u);
  assert.equal(lesson.exercises[0]?.hintHtml, null);
  assert.deepEqual(lesson.passages[0], { heading: 'Factors', text: 'The text with $x^2$.' });
});

test('hashes change with the text and its place, and only then', async (t) => {
  const folder = await contentFolder(t, GOOD_FOLDER);
  const hashes = async () =>
    (await parseContent(folder.path)).courses.flatMap((course) =>
      course.chapters.flatMap((chapter) => [
        course.hash,
        chapter.hash,
        ...chapter.lessons.map(({ hash }) => hash),
      ]),
    );
  const first = await hashes();
  assert.deepEqual(await hashes(), first);
  await folder.write({
    [LESSON]: lessonFile('Factors!'),
    'algebra/01-equations/02-roots.md': null,
    'algebra/01-equations/03-roots.md': lessonFile('Roots'),
  });
  const second = await hashes();
  assert.deepEqual(
    second.map((hash, index) => hash === first[index]),
    [true, true, false, false],
  );
});

describe('faults are reported with file and line', () => {
  test('every one of them at once', async (t) => {
    assert.deepEqual(
      await faultsOf(t, {
        [LESSON]: lessonFile()
          .replace('$x^2$', '$\\frac{1$')
          .replace("'Solve $x=2$.'", "'Solve $\\nope$.'")
          .replace('Two.', '[x](javascript:y)'),
        'algebra/01-equations/02-roots.md': lessonFile().replace('minutes: 20', 'minutes: many'),
        'algebra/course.md': COURSE_FILE.replace('class: 10', 'class: 13'),
      }),
      [
        `${LESSON}:8: exercises.1.question: LaTeX: Undefined control sequence: \\nope`,
        `${LESSON}:14: LaTeX: Unexpected end of input in a macro argument, expected '}'`,
        `${LESSON}:24: links must start with https:// or http://, not "javascript:y"`,
        'algebra/01-equations/02-roots.md:5: minutes must be integer',
        'algebra/course.md:4: class must be <= 12',
      ],
    );
  });

  test('of characters that cannot be stored', async (t) => {
    const faults = await faultsOf(t, {
      [LESSON]: lessonFile().replace('One.', 'One\0.'),
      'algebra/01-equations/02-roots.md': lessonFile().replace("hi: 'गुणनखंड'", 'hi: "a\\0"'),
    });
    assert.deepEqual(
      faults.map((fault) => fault.split(': ')[0]),
      [`${LESSON}:20`, 'algebra/01-equations/02-roots.md:2'],
    );
  });

  test('of front matter', async (t) => {
    const lines = async (text: string) => faultsOf(t, { [LESSON]: text });
    assert.deepEqual(await lines('No front matter.'), [
      `${LESSON}:1: the file must begin with front matter between two lines of ---`,
    ]);
    assert.deepEqual(await lines('---\ntitle: x\n'), [
      `${LESSON}:1: the front matter has no closing line of ---`,
    ]);
    const [unclosed] = await lines(lessonFile().replace('topics: [factorisation]', 'topics: [factorisation'));
    assert.equal(
      unclosed,
      `${LESSON}:5: Flow sequence in block collection must be sufficiently indented and end with a ]`,
    );
    assert.deepEqual(await lines(lessonFile().replace("hi: 'गुणनखंड'", "hindi: 'x'")), [
      `${LESSON}:2: title lacks "hi"`,
      `${LESSON}:2: title has an unknown key "hindi"`,
    ]);
    assert.deepEqual(await lines(lessonFile().replace('minutes: 20', 'minutes: 20\nminutes: 30')), [
      `${LESSON}:6: Map keys must be unique`,
    ]);
    assert.deepEqual(await lines(lessonFile().replace("    answer: 'x = 4'\n", '')), [
      `${LESSON}:10: exercises.3 lacks "answer"`,
    ]);
    assert.deepEqual(await lines(lessonFile().replace("answer: 'x = 4'", () => "answer: '$4$'")), [
      `${LESSON}:11: exercises.3.answer: the answer must not contain dollar signs`,
    ]);
    assert.deepEqual(await lines(lessonFile().replace('topics: [factorisation]', 'topics: [Factor]')), [
      `${LESSON}:4: topics.0 must match pattern "^[a-z0-9]+(-[a-z0-9]+)*$"`,
    ]);
    assert.deepEqual(
      await faultsOf(t, { 'algebra/course.md': COURSE_FILE.replace('level: board', 'level: hard') }),
      ['algebra/course.md:5: level must be one of foundation, board, entrance'],
    );
  });

  test('inside texts of several lines', async (t) => {
    const text = lessonFile().replace(
      "    solution: '$x=4$'",
      '    solution: |\n      First.\n\n      Then $\\nope$.',
    );
    assert.deepEqual(await faultsOf(t, { [LESSON]: text }), [
      `${LESSON}:15: exercises.3.solution: LaTeX: Undefined control sequence: \\nope`,
    ]);
    const windows = lessonFile().replace('$x^2$', '$\\nope$').replaceAll('\n', '\r\n');
    assert.deepEqual(await faultsOf(t, { [LESSON]: windows }), [
      `${LESSON}:14: LaTeX: Undefined control sequence: \\nope`,
    ]);
  });

  test('of the structure of a lesson', async (t) => {
    assert.deepEqual(
      await faultsOf(t, { [LESSON]: lessonFile().replace('## Worked examples', '## Examples') }),
      [`${LESSON}:14: the lesson has no heading "## Worked examples"`],
    );
    assert.deepEqual(await faultsOf(t, { [LESSON]: lessonFile().replace('### Example 2', '## Example 2') }), [
      `${LESSON}:16: "## Worked examples" needs at least 2 headings "### Example …"`,
    ]);
    const three = lessonFile().replace(/^ {2}- \{ question: 'Solve \$x=3.*\n/mu, '');
    assert.deepEqual(await faultsOf(t, { [LESSON]: three }), [
      `${LESSON}:6: exercises must not have fewer than 4 items`,
    ]);
  });

  test('of the layout of the folder', async (t) => {
    assert.deepEqual(
      await faultsOf(t, {
        'notes.txt': '',
        'Algebra 2/course.md': COURSE_FILE,
        'geometry/course.md': COURSE_FILE,
        'docs/course.md': COURSE_FILE,
        'algebra/circles/chapter.md': CHAPTER_FILE,
        'algebra/01-circles/01-factors.md': lessonFile(),
        'algebra/01-equations/03_factors.md': lessonFile(),
        'algebra/01-equations/02-more.md': lessonFile(),
      }),
      [
        'Algebra 2:1: a course folder is named by its slug: lower-case words joined by -, not "docs"',
        'algebra/01-circles/chapter.md:1: the file is missing',
        'algebra/01-equations:1: the number is taken already by algebra/01-circles',
        'algebra/01-equations/01-factors.md:1: the lesson slug "factors" is taken already by algebra/01-circles/01-factors.md',
        'algebra/01-equations/02-roots.md:1: the number is taken already by algebra/01-equations/02-more.md',
        'algebra/01-equations/03_factors.md:1: a chapter holds chapter.md and lessons named NN-<slug>.md',
        'algebra/circles:1: a course holds course.md and chapter folders named NN-<slug>',
        'docs:1: a course folder is named by its slug: lower-case words joined by -, not "docs"',
        'geometry:1: the course has no chapters',
        'notes.txt:1: only course folders and README.md belong here',
      ],
    );
  });
});
