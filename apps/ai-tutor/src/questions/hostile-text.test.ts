import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchWords } from '../retrieval/lesson-search.ts';
import { languageOf, taskOf } from './understand.ts';

const LENGTH = 2_000;
/** Far more than reading takes, far less than a pattern that backtracks without end. */
const LIMIT_MS = 400;

const fill = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);

const hostile = [
  ...[
    ' ',
    '\n',
    '\t \n',
    '9',
    '9,999',
    '(',
    ')',
    '()',
    'x',
    'x^',
    '-',
    '- ',
    '=',
    'y=',
    'd/dx',
    'sin',
    '\\frac{',
    '$',
    '|',
    '!',
    '²',
    '🙂',
    'से ',
    'तक',
    'का ',
    '%',
    '5% of ',
    '∫_',
    'from to ',
    'simple interest 9 ',
  ].map(fill),
  `simple interest on ${fill('9')}`,
  `${fill('9 ')} is what percent of`,
  `integrate ${fill('(x+')}`,
  `5 % of ${fill(' ')}x`,
  `HCF of ${fill('12 ')}`,
];

test('two thousand characters of anything are read quickly and never throw', () => {
  for (const question of hostile) {
    const start = performance.now();
    taskOf(question);
    languageOf(question);
    searchWords(question);
    const elapsed = performance.now() - start;
    assert.ok(elapsed < LIMIT_MS, `${JSON.stringify(question.slice(0, 30))} took ${Math.round(elapsed)} ms`);
  }
});
