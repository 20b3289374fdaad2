/** One field of the input that is wrong. `field` is a JSON pointer below body, query or params. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** What else a problem may say. */
export interface ProblemOptions {
  readonly cause?: unknown;
  readonly errors?: readonly FieldFault[];
  readonly retryAfterS?: number;
}

/** An expected failure with an answer for the client: RFC 9457 `application/problem+json` with a stable `code`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly statusCode: number;
  readonly code: string;
  readonly errors: readonly FieldFault[] | undefined;
  /** Whole seconds after which to try again. */
  readonly retryAfterS: number | undefined;

  constructor(statusCode: number, code: string, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.statusCode = statusCode;
    this.code = code;
    this.errors = options.errors;
    this.retryAfterS = options.retryAfterS;
  }
}

const of =
  (statusCode: number) =>
  (code: string, detail: string, options?: ProblemOptions): Problem =>
    new Problem(statusCode, code, detail, options);

/** Builders of problems by status; `code` is stable (`course.unknown`), `detail` is for people. */
export const problem = {
  badRequest: of(400),
  unauthorized: of(401),
  forbidden: of(403),
  notFound: of(404),
  methodNotAllowed: of(405),
  conflict: of(409),
  gone: of(410),
  tooLarge: of(413),
  unprocessable: of(422),
  tooManyRequests: (code: string, detail: string, retryAfterS: number) =>
    new Problem(429, code, detail, { retryAfterS }),
  unavailable: (code: string, detail: string, retryAfterS = 5, cause?: unknown) =>
    new Problem(503, code, detail, { retryAfterS, cause }),
} as const;
