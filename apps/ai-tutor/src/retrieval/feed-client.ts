import { RefusedError, type Policies, type PolicyOptions } from '@ganitagya/resilience';
import { timeoutHeader } from '@ganitagya/service';
import { Value } from 'typebox/value';
import { FeedPage } from './feed-page.ts';

const PAGE_SIZE = 50;
const BYTES_MAX = 16 * 2 ** 20;

/** The policy of calls to the courses service. */
export const COURSES_POLICY = {
  courses: {
    timeoutMs: 5_000,
    breaker: { failures: 5, openMs: 30_000 },
    bulkhead: { concurrent: 1, queue: 0 },
  },
} as const satisfies Record<string, PolicyOptions>;

/** Reads the public lesson feed of the courses service. */
export class FeedClient {
  readonly #baseUrl: string;
  readonly #policies: Policies<'courses'>;

  constructor(baseUrl: string, policies: Policies<'courses'>) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#policies = policies;
  }

  /** The page after a cursor. Rejects when courses does not answer in time, or with something else than a page. */
  page(after: string | null, signal: AbortSignal): Promise<FeedPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(after === null ? {} : { after }) });
    return this.#policies.execute(
      'courses',
      async (context) => {
        // In the policy `courses`.
        // eslint-disable-next-line no-restricted-globals
        const response = await fetch(`${this.#baseUrl}/api/lessons/feed?${query.toString()}`, {
          signal: context.signal,
          headers: timeoutHeader(COURSES_POLICY.courses.timeoutMs),
        });
        if (!response.ok) {
          await response.body?.cancel();
          throw notOk(response);
        }
        return Value.Parse(FeedPage, JSON.parse(await boundedText(response)));
      },
      { signal },
    );
  }
}

/** A service that is overloaded says that it did nothing: that is no failure of it. */
function notOk({ status, headers }: Response): Error {
  const told = `The lesson feed answered ${status}`;
  if (!headers.has('x-not-started')) return new Error(told);
  return new RefusedError('courses', told, Number(headers.get('retry-after') ?? 0) * 1_000);
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > BYTES_MAX) throw new Error('The lesson feed sends too much');
  }
  return text + decoder.decode();
}
