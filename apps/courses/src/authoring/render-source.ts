import { errors } from '../errors.ts';
import { renderLesson, type LessonSource, type RenderedLesson } from '../lessons/render-lesson.ts';
import { renderMarkdown } from '../markdown/render-markdown.ts';

/** Renders the description of a course or chapter; throws `source.invalid` with the line of each fault. */
export async function renderIntroduction(source: string): Promise<{ markdown: string; html: string }> {
  const markdown = source.normalize('NFC');
  const { html, faults } = await renderMarkdown(markdown);
  if (faults.length > 0) {
    throw errors.sourceInvalid(
      faults.map(({ line, message }) => ({ field: '/body/markdown', message: `line ${line}: ${message}` })),
    );
  }
  return { markdown, html };
}

/** Renders a lesson; throws `source.invalid` with the field and line of each fault. */
export async function renderLessonSource(source: LessonSource): Promise<RenderedLesson> {
  const { rendered, faults } = await renderLesson(source);
  if (faults.length > 0) {
    throw errors.sourceInvalid(
      faults.map(({ place, line, message }) => ({
        field: `/body/${place.join('/')}`,
        message: `line ${line}: ${message}`,
      })),
    );
  }
  return rendered;
}
