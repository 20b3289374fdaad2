import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { author } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';
import type { CataloguePage } from './catalogue.schemas.ts';

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld({ replicas: 1 });
  service = await world.open();
  await author(world, service, {
    course: {
      slug: 'algebra',
      class: 10,
      title: { en: 'Algebra for class ten', hi: 'कक्षा दस का बीजगणित' },
      summary: { en: 'Equations and their roots.', hi: 'समीकरण और उनके मूल।' },
      topics: ['quadratic-equations'],
    },
    lessons: [
      {
        slug: 'quadratic-formula',
        title: { en: 'The quadratic formula', hi: 'द्विघात सूत्र' },
        markdown: 'Bring the equation into standard form, then read off the discriminant.',
      },
      { slug: 'factorising', title: { en: 'Factorising', hi: 'गुणनखंडन' } },
    ],
  });
  await author(world, service, {
    course: {
      slug: 'geometry',
      class: 9,
      title: { en: 'Circles and triangles', hi: 'वृत्त और त्रिभुज' },
      summary: { en: 'Angles, chords and areas.', hi: 'कोण, जीवा और क्षेत्रफल।' },
      topics: ['circles'],
    },
    lessons: [{ slug: 'chords', title: { en: 'Chords of a circle', hi: 'वृत्त की जीवाएँ' } }],
  });
  await author(world, service, {
    course: { slug: 'draft-algebra', title: { en: 'Secret algebra', hi: 'गुप्त' } },
    isPublished: false,
  });
});
after(() => world.stop());

async function search(text: string, more = ''): Promise<CataloguePage> {
  const response = await service.get(`/api/courses?q=${encodeURIComponent(text)}${more}`);
  assert.equal(response.statusCode, 200, response.body);
  return response.json();
}

async function slugs(text: string, more = ''): Promise<string[]> {
  return (await search(text, more)).courses.map(({ slug }) => slug);
}

describe('GET /api/courses?q=', () => {
  test('finds English words in any form, in courses and in the text of their lessons', async () => {
    assert.deepEqual(await slugs('triangle'), ['geometry']);
    assert.deepEqual(await slugs('equation root'), ['algebra']);
    const [found] = (await search('discriminants')).courses;
    assert.equal(found?.slug, 'algebra');
    assert.deepEqual(
      found.matches?.map(({ slug }) => slug),
      ['quadratic-formula'],
    );
  });

  test('forgives typing errors', async () => {
    assert.deepEqual(await slugs('quadradic formla'), ['algebra']);
    assert.deepEqual(await slugs('trianglse'), ['geometry']);
  });

  test('finds Hindi words, also when their letters are composed otherwise', async () => {
    assert.deepEqual(await slugs('त्रिभुज'), ['geometry']);
    assert.deepEqual(await slugs('द्विघात सूत्र'), ['algebra']);
    assert.deepEqual(await slugs('क्षेत्रफल'), ['geometry']);
    await author(world, service, {
      course: { slug: 'padho', title: { en: 'Reading', hi: 'पढ\u093C\u0940ए'.normalize('NFC') } },
      lessons: [],
    });
    assert.deepEqual(await slugs('पढ\u093C\u0940ए'), ['padho']);
    assert.deepEqual(await slugs('प\u095D\u0940ए'), ['padho']);
  });

  test('narrows by the filters and leaves drafts out', async () => {
    assert.deepEqual(await slugs('algebra'), ['algebra']);
    assert.deepEqual(await slugs('algebra', '&class=9'), []);
    assert.deepEqual(await slugs('circle', '&class=9&topic=circles'), ['geometry']);
  });

  test('takes any text for words', async () => {
    for (const text of [
      "'); drop table course; --",
      '%',
      '"unclosed',
      '& | ! ( )',
      '\\',
      '<>',
      '🙂',
      '-- or -',
    ]) {
      await search(text);
    }
  });

  test('pages through the results', async () => {
    const first = await search('algebra or circles', '&limit=1');
    assert.ok(first.next !== null);
    const rest = await search('algebra or circles', `&limit=1&cursor=${first.next}`);
    assert.deepEqual([...first.courses, ...rest.courses].map(({ slug }) => slug).toSorted(), [
      'algebra',
      'geometry',
    ]);
    assert.equal(rest.next, null);
  });

  test('is answered by the replica and leaves nothing in the cache', async () => {
    const routes: string[] = [];
    service.platform.database().events.on('query', ({ route }) => void routes.push(route));
    const before = service.platform.cache.stats();
    for (let round = 0; round < 20; round += 1) await search(`circle ${round}`);
    assert.equal(routes.length, 40);
    assert.deepEqual([...new Set(routes)], ['replica']);
    assert.equal(service.platform.cache.stats().entries, before.entries);
  });
});
