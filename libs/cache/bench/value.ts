/** What a lesson looks like. */
export interface Value {
  readonly id: number;
  readonly title: string;
  readonly isPublished: boolean;
  readonly tags: readonly string[];
  readonly text: string;
}

/** A value whose JSON has this many bytes. */
export function makeValue(id: number, bytes: number): Value {
  const value = { id, title: `Lesson ${id}`, isPublished: true, tags: ['algebra', 'grade 8'], text: '' };
  const rest = bytes - JSON.stringify(value).length;
  return {
    ...value,
    text: 'The sum of the angles is π. '.repeat(Math.ceil(rest / 28)).slice(0, Math.max(0, rest)),
  };
}
