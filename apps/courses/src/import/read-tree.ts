import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { CourseSlug, Slug } from '../shared-schemas.ts';
import type { FaultList } from './fault.ts';

const CHAPTER_NAME = /^(\d{2})-(.+)$/u;
const LESSON_NAME = /^(\d{2})-(.+)\.md$/u;
const FILE_BYTES_MAX = 256 * 1024;

/** A content file; `path` is relative to the content folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A chapter's or lesson's place, as its file name says. */
export interface Numbered {
  readonly position: number;
  readonly slug: string;
}

export interface LessonTree extends Numbered {
  readonly file: SourceFile;
}

export interface ChapterTree extends Numbered {
  readonly path: string;
  readonly file: SourceFile | undefined;
  readonly lessons: readonly LessonTree[];
}

export interface CourseTree {
  readonly slug: string;
  readonly path: string;
  readonly file: SourceFile | undefined;
  readonly chapters: readonly ChapterTree[];
}

/** Reads the content folder; whatever does not fit the layout is reported. Throws when the folder cannot be read. */
export async function readTree(root: string, faults: FaultList): Promise<CourseTree[]> {
  const courses: CourseTree[] = [];
  for (const entry of await list(root, '')) {
    if (!entry.isDirectory()) {
      if (entry.name !== 'README.md')
        faults.add(entry.name, 1, 'only course folders and README.md belong here');
    } else if (!Value.Check(CourseSlug, entry.name)) {
      faults.add(
        entry.name,
        1,
        'a course folder is named by its slug: lower-case words joined by -, not "docs"',
      );
    } else courses.push(await readCourse(root, entry.name, faults));
  }
  return courses;
}

async function readCourse(root: string, path: string, faults: FaultList): Promise<CourseTree> {
  const chapters: ChapterTree[] = [];
  let file: SourceFile | undefined;
  for (const entry of await list(root, path)) {
    const entryPath = `${path}/${entry.name}`;
    const name = parseName(CHAPTER_NAME, entry.name);
    if (entry.isFile() && entry.name === 'course.md') file = await readSource(root, entryPath, faults);
    else if (entry.isDirectory() && name !== undefined) {
      chapters.push(await readChapter(root, entryPath, name, faults));
    } else faults.add(entryPath, 1, 'a course holds course.md and chapter folders named NN-<slug>');
  }
  if (file === undefined) faults.add(`${path}/course.md`, 1, 'the file is missing');
  if (chapters.length === 0) faults.add(path, 1, 'the course has no chapters');
  reportTwins(chapters, (chapter) => chapter.path, faults);
  return { slug: path, path, file, chapters };
}

async function readChapter(
  root: string,
  path: string,
  name: Numbered,
  faults: FaultList,
): Promise<ChapterTree> {
  const lessons: LessonTree[] = [];
  let file: SourceFile | undefined;
  for (const entry of await list(root, path)) {
    const entryPath = `${path}/${entry.name}`;
    const lessonName = parseName(LESSON_NAME, entry.name);
    if (entry.isFile() && entry.name === 'chapter.md') file = await readSource(root, entryPath, faults);
    else if (entry.isFile() && lessonName !== undefined) {
      lessons.push({ ...lessonName, file: await readSource(root, entryPath, faults) });
    } else faults.add(entryPath, 1, 'a chapter holds chapter.md and lessons named NN-<slug>.md');
  }
  if (file === undefined) faults.add(`${path}/chapter.md`, 1, 'the file is missing');
  if (lessons.length === 0) faults.add(path, 1, 'the chapter has no lessons');
  reportTwins(lessons, (lesson) => lesson.file.path, faults);
  return { ...name, path, file, lessons };
}

async function list(root: string, path: string) {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function readSource(root: string, path: string, faults: FaultList): Promise<SourceFile> {
  const bytes = await readFile(join(root, path));
  if (bytes.length > FILE_BYTES_MAX)
    faults.add(path, 1, `the file is larger than ${FILE_BYTES_MAX / 1024} KiB`);
  const text = bytes.toString('utf8').normalize('NFC');
  const unreadable = text.search(/[\0\uFFFD]/u);
  if (unreadable !== -1)
    faults.add(path, text.slice(0, unreadable).split('\n').length, 'the file is not valid text here');
  return { path, text };
}

function parseName(pattern: RegExp, name: string): Numbered | undefined {
  const [, position, slug] = pattern.exec(name) ?? [];
  if (position === undefined || !Value.Check(Slug, slug)) return undefined;
  return { position: Number(position), slug };
}

function reportTwins<Item extends Numbered>(
  items: readonly Item[],
  pathOf: (item: Item) => string,
  faults: FaultList,
): void {
  const seen = new Map<number, Item>();
  for (const item of items) {
    const twin = seen.get(item.position);
    if (twin !== undefined) faults.add(pathOf(item), 1, `the number is taken already by ${pathOf(twin)}`);
    else seen.set(item.position, item);
  }
}
