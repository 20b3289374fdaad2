import type { Priority } from '@ganitagya/resilience';
import type { LoadKind } from './client/generator.ts';

/** What is asked of the school. */
export interface Kind extends LoadKind {
  readonly priority: Priority;
  /** Of the processor, all of the service's threads, as measured alone; a weight, so the unit matters little. */
  readonly costMs: number;
}

/** So many lessons and courses there are. */
export const ITEMS = 200;

/**
 * What students do in an evening, about as it is simulated (libs/resilience/simulation). What is critical takes a sixth
 * of what one process can do.
 */
export const MIXED: readonly Kind[] = [
  {
    name: 'answer',
    priority: 'critical',
    share: 0.11,
    costMs: 2.3,
    method: 'POST',
    path: () => '/answers',
    body: (number) => JSON.stringify({ exercise: number % ITEMS, answer: String(number) }),
  },
  {
    name: 'sign-in',
    priority: 'critical',
    share: 0.002,
    costMs: 48,
    method: 'POST',
    path: () => '/sessions',
    body: (number) => JSON.stringify({ password: `secret ${number}` }),
  },
  {
    name: 'cached lesson',
    priority: 'reading',
    share: 0.25,
    costMs: 0.1,
    method: 'GET',
    path: (number) => `/lessons/${number % ITEMS}`,
  },
  {
    name: 'course',
    priority: 'reading',
    share: 0.318,
    costMs: 2.4,
    method: 'GET',
    path: (number) => `/courses/${number % ITEMS}`,
  },
  {
    name: 'search',
    priority: 'browsing',
    share: 0.25,
    costMs: 3.9,
    method: 'GET',
    path: (number) => `/search?text=number${number % ITEMS}`,
  },
  {
    name: 'ask',
    priority: 'background',
    share: 0.07,
    costMs: 1.5,
    method: 'POST',
    path: () => '/asks',
    body: (number) => JSON.stringify({ question: `What is ${number} + 1?` }),
  },
];
