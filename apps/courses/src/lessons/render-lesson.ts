import type { Token } from '../markdown/parser.ts';
import { toPassages, searchText, type Passage } from '../markdown/passages.ts';
import { formulaBudget, renderMarkdown, type RenderedMarkdown } from '../markdown/render-markdown.ts';

/** An exercise as its author writes it; `answer` is plain text or LaTeX without dollar signs. */
export interface ExerciseSource {
  readonly question: string;
  readonly answer: string;
  readonly hint?: string | undefined;
  readonly solution: string;
}

/** What of a lesson is rendered. */
export interface LessonSource {
  readonly titleEn: string;
  readonly markdown: string;
  readonly exercises: readonly ExerciseSource[];
}

/** A fault in one of a lesson's texts; `line` counts from 1 within that text. */
export interface LessonFault {
  readonly place: readonly (string | number)[];
  readonly line: number;
  readonly message: string;
}

/** An exercise with the HTML of its texts. */
export interface RenderedExercise extends ExerciseSource {
  readonly questionHtml: string;
  readonly hintHtml: string | null;
  readonly solutionHtml: string;
}

/** A lesson ready to be stored. */
export interface RenderedLesson {
  readonly html: string;
  readonly passages: readonly Passage[];
  readonly searchText: string;
  readonly exercises: readonly RenderedExercise[];
}

/** Renders a lesson and its exercises. The result may only be stored when there are no faults. */
export async function renderLesson(source: LessonSource): Promise<{
  readonly rendered: RenderedLesson;
  /** The parsed body, for checks of its structure. */
  readonly tokens: readonly Token[];
  readonly faults: readonly LessonFault[];
}> {
  const faults: LessonFault[] = [];
  const budget = formulaBudget();
  const render = async (text: string, ...place: (string | number)[]): Promise<RenderedMarkdown> => {
    const rendered = await renderMarkdown(text, budget);
    faults.push(...rendered.faults.map((fault) => ({ place, ...fault })));
    return rendered;
  };
  const body = await render(source.markdown, 'markdown');
  const exercises: RenderedExercise[] = [];
  for (const [index, exercise] of source.exercises.entries()) {
    const place = ['exercises', index] as const;
    if (exercise.answer.includes('$')) {
      faults.push({
        place: [...place, 'answer'],
        line: 1,
        message: 'the answer must not contain dollar signs',
      });
    }
    exercises.push({
      ...exercise,
      questionHtml: (await render(exercise.question, ...place, 'question')).html,
      hintHtml: exercise.hint === undefined ? null : (await render(exercise.hint, ...place, 'hint')).html,
      solutionHtml: (await render(exercise.solution, ...place, 'solution')).html,
    });
  }
  const passages = toPassages(body.tokens, source.titleEn);
  const rendered = { html: body.html, passages, searchText: searchText(body.tokens), exercises };
  return { rendered, tokens: body.tokens, faults };
}
