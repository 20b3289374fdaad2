interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** So many fit into the time that Redis is given. */
export const BATCH_MAX = 500;

/** Puts what is asked within one turn of the event loop into one question. */
export class Batch<Question, Answer> {
  readonly #askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Question, Answer>[] = [];

  /** `askAll` answers in the order of the questions, of which there are at most 500. */
  constructor(askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#askAll = askAll;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // After the requests that have arrived by now were read.
      if (this.#waiting.length === 0) setImmediate(() => this.#send());
      this.#waiting.push({ question, resolve, reject });
    });
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < waiting.length; start += BATCH_MAX) {
      const some = waiting.slice(start, start + BATCH_MAX);
      this.#askAll(some.map(({ question }) => question)).then(
        (answers) => some.forEach(({ resolve }, index) => resolve(answers[index] as Answer)),
        (error: unknown) => some.forEach(({ reject }) => reject(error)),
      );
    }
  }
}
