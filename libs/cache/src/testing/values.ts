/** Values that careless caches lose. */
export const matrix: readonly (readonly [name: string, value: unknown])[] = [
  ['0', 0],
  ['false', false],
  ["''", ''],
  ['null', null],
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['-0', -0],
  ['a Date', new Date(1_700_000_000_000)],
  ['a BigInt', 2n ** 70n],
  ['a Buffer', Buffer.from([0, 1, 255])],
  ['an empty Buffer', Buffer.alloc(0)],
  ['a nested Buffer', { headers: { etag: '"x"' }, body: Buffer.from('गणित') }],
  ['an array with a hole of undefined', [undefined, null, 0]],
  ['a Map', new Map([['key', new Set([1, 2])]])],
];
