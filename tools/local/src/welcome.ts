import type { RunFile, Secrets } from './state.ts';

/** What the terminal shows when everything answers. */
export function welcome(run: RunFile, secrets: Secrets, seconds: number): string {
  const management = Object.entries(run.management).map(
    ([name, url]) => `    ${name.padEnd(12)} ${url}/health`,
  );
  return `
Ganitagya is ready after ${seconds.toFixed(1)} s

  edge            ${run.url}
  API pages       ${run.url}/api/auth/docs  ${run.url}/api/courses/docs  ${run.url}/api/ai/docs
  demo accounts   student@ganitagya.local  teacher@ganitagya.local  admin@ganitagya.local
                  password ${secrets.demoPassword}
  health
${management.join('\n')}

Try:
  curl -s '${run.url}/api/courses?class=10'
  curl -s ${run.url}/api/ai/tutor/ask -H 'content-type: application/json' -d '{"question":"Solve x^2 - 5x + 6 = 0"}'
  curl -sN ${run.url}/api/ai/tutor/ask -H 'content-type: application/json' -H 'accept: text/event-stream' -d '{"question":"Explain quadratic equations"}'

Ctrl-C stops everything.`;
}
