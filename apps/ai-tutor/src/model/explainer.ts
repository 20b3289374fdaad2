import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Policies, PolicyOptions } from '@ganitagya/resilience';
import { streamText } from 'ai';
import type { LanguageModel } from 'ai';
import { cleanText, TextCleaner } from './clean-text.ts';
import { leaveTime } from './leave-time.ts';
import { INSTRUCTIONS, promptFor } from './prompt.ts';
import type { PromptParts } from './prompt.ts';

export interface ExplainerOptions {
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly tokensMax: number;
  readonly policies: Policies<'model'>;
  /** Aborts when the service stops: who waits for the model then gets an answer without it. */
  readonly stopping: AbortSignal;
}

/** The policy of calls to the model: no retry, for the solver and the lessons answer at once. */
export function modelPolicy(timeoutMs: number, concurrentMax: number): { readonly model: PolicyOptions } {
  return {
    model: {
      timeoutMs,
      breaker: { failures: 5, openMs: 30_000, successesToClose: 3 },
      bulkhead: { concurrent: concurrentMax, queue: 0 },
    },
  };
}

/** The model answered with nothing that could be shown. */
export class UnusableTextError extends Error {
  override readonly name = 'UnusableTextError';
}

/** Lets a language model explain, within its policy. */
export class Explainer {
  readonly #model: LanguageModel;
  readonly #options: ExplainerOptions;

  constructor(options: ExplainerOptions) {
    const { url, model, apiKey } = options;
    this.#options = options;
    this.#model = createOpenAICompatible({
      name: 'tutor',
      baseURL: url,
      ...(apiKey === undefined ? {} : { apiKey }),
    }).chatModel(model);
  }

  /** The whole text, cleaned; `onText` gets its lines as they come. Rejects when the model fails or takes too long for the request. */
  explain(parts: PromptParts, signal: AbortSignal, onText: (text: string) => void): Promise<string> {
    return leaveTime(AbortSignal.any([signal, this.#options.stopping]), (sooner) =>
      this.#options.policies.execute('model', (context) => this.#generate(parts, context.signal, onText), {
        signal: sooner,
      }),
    );
  }

  async #generate(parts: PromptParts, signal: AbortSignal, onText: (text: string) => void): Promise<string> {
    const result = streamText({
      model: this.#model,
      instructions: INSTRUCTIONS,
      messages: promptFor(parts),
      maxOutputTokens: this.#options.tokensMax,
      temperature: 0.2,
      maxRetries: 0,
      abortSignal: signal,
      // Errors arrive as parts of the stream below.
      onError: () => undefined,
    });
    const cleaner = new TextCleaner();
    let text = '';
    const give = (lines: string) => {
      // After a time-out the answer has been given by others.
      if (signal.aborted || lines === '') return;
      text += lines;
      onText(lines);
    };
    for await (const part of result.stream) {
      if (part.type === 'error') throw new UnusableTextError('The model failed', { cause: part.error });
      if (part.type === 'abort') throw new UnusableTextError('The model was interrupted');
      if (part.type === 'text-delta') give(cleaner.push(part.text));
    }
    give(cleaner.flush());
    const whole = cleanText(text).trim();
    if (whole === '' || whole.includes(INSTRUCTIONS.slice(0, 60)))
      throw new UnusableTextError('The model said nothing of use');
    return whole;
  }
}
