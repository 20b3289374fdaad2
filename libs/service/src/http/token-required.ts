/** Marks an `onRequest` hook that lets in nobody without a token, so that the OpenAPI description can say so. */
export const TOKEN_REQUIRED = Symbol('ganitagya.tokenRequired');

/** Whether one of a route's hooks asks for a token. */
export function requiresToken(hooks: unknown): boolean {
  return [hooks].flat().some((hook) => typeof hook === 'function' && TOKEN_REQUIRED in hook);
}
