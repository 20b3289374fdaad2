import type { Static } from 'typebox';
import { Type } from 'typebox';

export const AnswerStep = Type.Object({
  text: Type.String(),
  latex: Type.Optional(Type.String()),
  checked: Type.Boolean({ description: 'The engine has checked the line.' }),
});

export const Citation = Type.Object({
  courseSlug: Type.String(),
  lessonSlug: Type.String(),
  title: Type.String(),
  url: Type.String(),
});

export const Answer = Type.Object({
  answer: Type.String({ description: 'Markdown; formulas in explanations are LaTeX between dollar signs.' }),
  steps: Type.Array(AnswerStep),
  citations: Type.Array(Citation),
  source: Type.Enum(['solver', 'lessons', 'model', 'none'], { description: 'Who wrote `answer`.' }),
  verified: Type.Boolean({ description: 'The final answer has been checked by the engine.' }),
  conversationId: Type.Optional(Type.String({ format: 'uuid' })),
});

/** What a student gets for a question. */
export type Answer = Static<typeof Answer>;
export type Citation = Static<typeof Citation>;
export type AnswerStep = Static<typeof AnswerStep>;
