import { globSync, readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { createCodec } from '../../src/codec.ts';
import { machine, measure } from './rates.ts';
import type { Subject } from './rates.ts';

/*
 * What it costs to turn our values into bytes and back, and how many: `node libs/cache/bench/memory/codec.ts`.
 * The texts are those of the courses in `content/`.
 */
const ROUNDS = 9;
const OPERATIONS = 500;

const texts = globSync('*/*/*.md', { cwd: new URL('../../../../content/', import.meta.url) }).map((path) =>
  readFileSync(new URL(`../../../../content/${path}`, import.meta.url), 'utf8'),
);
const courses = Array.from({ length: 40 }, (_, index) => [
  `0198c0de-0000-7000-8000-${index}`,
  { id: `0198c0de-0000-7000-8000-${index}`, slug: `course-${index}`, class: 9, topics: ['algebra', 'sets'] },
]);
const lesson = {
  title: { en: 'Roots', hi: 'मूल' },
  html: texts.find((text) => text.length > 4_000) ?? '',
};
const answer = {
  status: 200,
  headers: { etag: '"0123456789abcdef"', 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(lesson)),
};
const values: readonly (readonly [name: string, value: unknown])[] = [
  ['names of 40 courses', { courses: Object.fromEntries(courses) as unknown }],
  ['a lesson', lesson],
  ['the answer with a lesson', answer],
  ['the answer with a list', { ...answer, body: Buffer.from(JSON.stringify(texts.slice(0, 20))) }],
];

const ours = createCodec();
const json = {
  encode: (value: unknown) => Buffer.from(JSON.stringify(value)),
  decode: (bytes: Buffer) => JSON.parse(bytes.toString()) as unknown,
};
const ways = [
  { name: 'ours', encode: ours.encode, decode: ours.decode },
  { name: 'v8', encode: serialize, decode: deserialize },
  { name: 'JSON', ...json },
];

process.stdout.write(`${machine()}; medians of ${ROUNDS} rounds\n`);
for (const [name, value] of values) {
  process.stdout.write(`\n${name}\n`);
  const encoded = ways.map((way) => ({ ...way, bytes: way.encode(value) }));
  const repeat = (work: () => unknown) => (operations: number) => {
    for (let i = 0; i < operations; i++) work();
  };
  const subjects: Subject[] = encoded.flatMap(({ encode, decode, bytes }) => [
    { name: 'encode', run: repeat(() => encode(value)) },
    { name: 'decode', run: repeat(() => decode(bytes)) },
  ]);
  const rates = await measure(subjects, { rounds: ROUNDS, operations: OPERATIONS });
  for (const [index, way] of encoded.entries()) {
    const [encode, decode] = rates.slice(index * 2).map(({ median }) => `${(1 / median).toFixed(1)} µs`);
    process.stdout.write(`${way.name.padEnd(6)} ${way.bytes.length} B, encode ${encode}, decode ${decode}\n`);
  }
}
