import { createHash } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import { renderLesson } from '../lessons/render-lesson.ts';
import { renderMarkdown, RENDERER_VERSION } from '../markdown/render-markdown.ts';
import type { ContentChapter, ContentCourse, ContentLesson } from './content.ts';
import { FaultList, type Fault } from './fault.ts';
import { ChapterFrontMatter, CourseFrontMatter, LessonFrontMatter } from './front-matter-schemas.ts';
import { parseFrontMatter, splitFrontMatter, type FrontMatter, type SplitFile } from './front-matter.ts';
import {
  readTree,
  type ChapterTree,
  type CourseTree,
  type LessonTree,
  type SourceFile,
} from './read-tree.ts';
import { checkWorkedExamples } from './structure.ts';

/** Parses and renders the whole content folder. Only without faults are the courses complete. */
export async function parseContent(
  root: string,
): Promise<{ readonly courses: readonly ContentCourse[]; readonly faults: readonly Fault[] }> {
  const faults = new FaultList();
  const courses: ContentCourse[] = [];
  for (const tree of await readTree(root, faults)) {
    const course = await parseCourse(tree, faults);
    if (course !== undefined) courses.push(course);
  }
  return { courses, faults: faults.sorted() };
}

async function parseCourse(tree: CourseTree, faults: FaultList): Promise<ContentCourse | undefined> {
  const opened = tree.file && open(tree.file, CourseFrontMatter, faults);
  const html = tree.file && opened ? await renderBody(tree.file, opened.split, faults) : undefined;
  const chapters: ContentChapter[] = [];
  const slugs = new Map<string, string>();
  const chapterSlugs = new Map<string, string>();
  for (const chapter of tree.chapters) {
    claim(chapterSlugs, chapter.slug, chapter.path, 'chapter', faults);
    for (const lesson of chapter.lessons) claim(slugs, lesson.slug, lesson.file.path, 'lesson', faults);
    const parsed = await parseChapter(chapter, faults);
    if (parsed !== undefined) chapters.push(parsed);
  }
  if (tree.file === undefined || opened?.frontMatter === undefined || html === undefined) return undefined;
  return {
    slug: tree.slug,
    frontMatter: opened.frontMatter.value,
    markdown: opened.split.body,
    html,
    hash: hash(tree.file.text),
    chapters,
  };
}

async function parseChapter(tree: ChapterTree, faults: FaultList): Promise<ContentChapter | undefined> {
  const opened = tree.file && open(tree.file, ChapterFrontMatter, faults);
  const html = tree.file && opened ? await renderBody(tree.file, opened.split, faults) : undefined;
  const lessons: ContentLesson[] = [];
  for (const lesson of tree.lessons) {
    const parsed = await parseLesson(lesson, faults);
    if (parsed !== undefined) lessons.push(parsed);
  }
  if (tree.file === undefined || opened?.frontMatter === undefined || html === undefined) return undefined;
  return {
    slug: tree.slug,
    position: tree.position,
    frontMatter: opened.frontMatter.value,
    markdown: opened.split.body,
    html,
    hash: hash(`${tree.position}\n${tree.file.text}`),
    lessons,
  };
}

async function parseLesson(tree: LessonTree, faults: FaultList): Promise<ContentLesson | undefined> {
  const { file } = tree;
  const opened = open(file, LessonFrontMatter, faults);
  if (opened === undefined) return undefined;
  const { split, frontMatter } = opened;
  const bodyReport = (line: number, message: string): void =>
    faults.add(file.path, split.bodyLine + line - 1, message);
  if (split.body.trim() === '') bodyReport(1, 'the lesson has no text');
  if (frontMatter === undefined) {
    // The body is checked all the same, so that all faults show at once.
    const { tokens, faults: bodyFaults } = await renderMarkdown(split.body);
    for (const { line, message } of bodyFaults) bodyReport(line, message);
    checkWorkedExamples(tokens, bodyReport);
    return undefined;
  }
  const { title, exercises } = frontMatter.value;
  const {
    rendered,
    tokens,
    faults: found,
  } = await renderLesson({
    titleEn: title.en,
    markdown: split.body,
    exercises,
  });
  for (const { place, line, message } of found) {
    if (place[0] === 'markdown') bodyReport(line, message);
    else faults.add(file.path, frontMatter.lineOf(place, line), `${place.join('.')}: ${message}`);
  }
  checkWorkedExamples(tokens, bodyReport);
  const { slug, position } = tree;
  return {
    ...rendered,
    slug,
    position,
    frontMatter: frontMatter.value,
    markdown: split.body,
    hash: hash(`${position}\n${file.text}`),
  };
}

function open<Schema extends TSchema>(
  file: SourceFile,
  schema: Schema,
  faults: FaultList,
): { split: SplitFile; frontMatter: FrontMatter<Static<Schema>> | undefined } | undefined {
  const report = (line: number, message: string): void => faults.add(file.path, line, message);
  const split = splitFrontMatter(file.text, report);
  return split && { split, frontMatter: parseFrontMatter(split.yaml, schema, report) };
}

async function renderBody(file: SourceFile, split: SplitFile, faults: FaultList): Promise<string> {
  const rendered = await renderMarkdown(split.body);
  for (const { line, message } of rendered.faults) faults.add(file.path, split.bodyLine + line - 1, message);
  return rendered.html;
}

function claim(
  taken: Map<string, string>,
  slug: string,
  path: string,
  what: string,
  faults: FaultList,
): void {
  const twin = taken.get(slug);
  if (twin === undefined) taken.set(slug, path);
  else faults.add(path, 1, `the ${what} slug "${slug}" is taken already by ${twin}`);
}

function hash(text: string): string {
  return createHash('sha256').update(`${RENDERER_VERSION}\n${text}`).digest('hex');
}
