import nx from '@nx/eslint-plugin';
import * as jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

const testFiles = ['**/*.test.ts', '**/testing/**/*.ts'];

/** Which layers a layer may import: always downwards, apps never from apps. */
const layers = [
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
  { sourceTag: 'layer:identity', onlyDependOnLibsWithTags: ['layer:service', 'layer:core'] },
  { sourceTag: 'layer:service', onlyDependOnLibsWithTags: ['layer:metrics', 'layer:data', 'layer:core'] },
  { sourceTag: 'layer:metrics', onlyDependOnLibsWithTags: ['layer:data', 'layer:core'] },
  { sourceTag: 'layer:data', onlyDependOnLibsWithTags: ['layer:core'] },
  { sourceTag: 'layer:core', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:testing', 'type:tool'] },
];

/** Tests may also use the real Postgres and Redis of `testing`. */
const layersOfTests = layers.map((rule) => ({
  ...rule,
  onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'type:testing'],
}));

const boundaries = (depConstraints) => [
  'error',
  { enforceBuildableLibDependency: false, allow: [], depConstraints },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.local/**', '**/*.mjs'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(layers),
      '@typescript-eslint/consistent-type-imports': 'error',
      // Fastify plugins and interface implementations are async by contract.
      '@typescript-eslint/require-await': 'off',
      // Numbers in messages are the rule, not the exception, in this code base.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'describe', 'it', 'suite'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: testFiles,
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaries(layersOfTests) },
  },
  {
    // Tools, tests and benchmarks may ask whom they like.
    files: ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: [...testFiles, '**/fixtures/**', 'libs/testing/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'fetch',
          message: 'What leaves the process runs in a policy of @ganitagya/resilience; say which.',
        },
      ],
    },
  },
  {
    files: ['**/package.json'],
    plugins: { '@nx': nx },
    languageOptions: { parser: jsonc },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          buildTargets: ['typecheck'],
          ignoredFiles: testFiles.map((glob) => `{projectRoot}/${glob}`),
          checkVersionMismatches: false,
        },
      ],
    },
  },
);
