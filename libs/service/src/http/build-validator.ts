import AjvCompiler, { type BuildCompilerFromPool } from '@fastify/ajv-compiler';

/** What Fastify asks to compile: a schema, and the part of the request it is for. */
interface RouteSchema {
  readonly httpPart?: string;
}

/** Ajv's options, of which one is changed here; the compiler's own type asks for one of two dialects. */
interface CompilerOptions {
  readonly customOptions?: object;
}

const fromPool = AjvCompiler() as (
  schemas: unknown,
  options: CompilerOptions,
) => (route: RouteSchema) => unknown;

/**
 * Query and path are text, so numbers in them are converted; a body says itself what it means. With one setting for
 * both, a `null` in a body would be taken for 0 or ''.
 */
export const buildValidator = ((schemas: unknown, options: CompilerOptions) => {
  const converting = fromPool(schemas, options);
  const exact = fromPool(schemas, {
    ...options,
    customOptions: { ...options.customOptions, coerceTypes: false },
  });
  return (route: RouteSchema) => (route.httpPart === 'body' ? exact(route) : converting(route));
}) as unknown as BuildCompilerFromPool;
