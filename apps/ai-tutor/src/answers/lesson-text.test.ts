import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutAtSentence, explanationFrom } from './lesson-text.ts';

const passage = {
  lessonId: '1',
  ordinal: 0,
  courseSlug: 'c',
  lessonSlug: 'l',
  titleEn: 'Circles',
  titleHi: 'वृत्त',
  heading: '',
  body: 'A circle is round.',
  coverage: 1,
  focus: 1,
};

test('cutAtSentence ends with a sentence and never inside a formula', () => {
  assert.equal(cutAtSentence('Short.', 100), 'Short.');
  assert.equal(cutAtSentence('One sentence here. Another one that is longer.', 30), 'One sentence here. …');
  const cut = cutAtSentence(`A word then a formula $x^2 + ${'y + '.repeat(30)}1 = 0$`, 60);
  assert.equal(cut, 'A word then a formula …');
});

test('explanationFrom says nothing where the lessons speak of something else', () => {
  assert.equal(explanationFrom({ passages: [{ ...passage, coverage: 0.2 }] }, 'en'), undefined);
  assert.equal(explanationFrom({ passages: [{ ...passage, focus: 0.3 }] }, 'en'), undefined);
  assert.equal(explanationFrom({ passages: [] }, 'en'), undefined);
  assert.equal(
    explanationFrom({ passages: [passage] }, 'hi'),
    '## वृत्त\n\n*(यह पाठ अभी अंग्रेज़ी में है।)*\n\nA circle is round.',
  );
});
