import type { FastifyBaseLogger } from 'fastify';
import { contradicts } from '../model/contradiction.ts';
import type { Explainer } from '../model/explainer.ts';
import type { PastTurn } from '../model/prompt.ts';
import { languageOf, taskOf } from '../questions/understand.ts';
import type { LessonSearch, LessonsFound } from '../retrieval/lesson-search.ts';
import type { Language, Outcome } from '../solver/task.ts';
import type { Answer, AnswerStep, Citation } from './answer.ts';
import { citationsOf, explanationFrom } from './lesson-text.ts';
import { refusal } from './refusals.ts';
import type { SolutionCache } from './solution-cache.ts';
import { topicOf } from './topics.ts';

export interface Question {
  readonly question: string;
  readonly language: Language | undefined;
  readonly context: string | undefined;
  readonly history: readonly PastTurn[];
}

/** Hears of the parts of an answer as they come; what it was told may be corrected by the whole answer at the end. */
export interface AnswerListener {
  step(step: AnswerStep): void;
  citation(citation: Citation): void;
  token(text: string): void;
}

interface AnswerServiceOptions {
  readonly solutions: SolutionCache;
  readonly lessons: LessonSearch;
  /** Undefined without a model. */
  readonly explainer: Explainer | undefined;
  readonly log: FastifyBaseLogger;
}

/** Answers questions: by the solver, by the lessons, and, where there is one, in the words of a model. */
export class AnswerService {
  readonly #options: AnswerServiceOptions;

  constructor(options: AnswerServiceOptions) {
    this.#options = options;
  }

  async answer(asked: Question, listener: AnswerListener, signal: AbortSignal): Promise<Answer> {
    const { solutions, lessons } = this.#options;
    const language = asked.language ?? languageOf(asked.question);
    const task = taskOf(asked.question);
    const [outcome, found] = await Promise.all([
      task && solutions.solve(task, language),
      lessons.find(task ? topicOf(task) : asked.question),
    ]);
    const steps = outcome?.status === 'solved' ? [...outcome.steps] : [];
    const citations = citationsOf(found, language);
    for (const step of steps) listener.step(step);
    for (const citation of citations) listener.citation(citation);

    const explained = await this.#explain(asked, language, outcome, found, listener, signal);
    const plain = explained === undefined ? withoutModel(language, outcome, found) : undefined;
    if (plain) listener.token(plain.answer);
    const told = plain ?? {
      answer: withResult(explained ?? '', outcome, language),
      source: 'model' as const,
    };
    return { ...told, steps, citations, verified: outcome?.status === 'solved' };
  }

  /** The model's words; undefined when there is no model, it failed, or it contradicts what has been checked. */
  async #explain(
    asked: Question,
    language: Language,
    outcome: Outcome | undefined,
    found: LessonsFound,
    listener: AnswerListener,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { explainer, log } = this.#options;
    if (!explainer) return undefined;
    const solution = outcome?.status === 'solved' ? outcome : undefined;
    const parts = {
      question: asked.question,
      context: asked.context,
      history: asked.history,
      language,
      lessons: found.passages
        .slice(0, 3)
        .map(({ titleEn, heading, body }) => `${titleEn}: ${heading}\n${body}`),
      solution:
        solution &&
        [...solution.steps.map(({ text, latex }) => `${text} ${latex ?? ''}`), solution.answer].join('\n'),
    };
    try {
      const text = await explainer.explain(parts, signal, (lines) => listener.token(lines));
      if (!solution || !contradicts(text, solution.answer)) return text;
      log.warn('the model contradicted the solver');
      return undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn({ err: error }, 'the model did not explain');
      return undefined;
    }
  }
}

function withoutModel(
  language: Language,
  outcome: Outcome | undefined,
  found: LessonsFound,
): Pick<Answer, 'answer' | 'source'> {
  if (outcome?.status === 'solved') return { answer: outcome.answer, source: 'solver' };
  const explanation = outcome === undefined ? explanationFrom(found, language) : undefined;
  if (explanation !== undefined) return { answer: explanation, source: 'lessons' };
  return { answer: refusal(language, outcome?.reason, found.passages.length > 0), source: 'none' };
}

/** The checked result has the last word. */
function withResult(text: string, outcome: Outcome | undefined, language: Language): string {
  if (outcome?.status !== 'solved') return text;
  return `${text}\n\n**${language === 'hi' ? 'उत्तर' : 'Answer'}: ${outcome.answer}**`;
}
