import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { k8sDirectory } from '../overlays.ts';
import { podMakersOf } from '../pods.ts';
import { loadRelease } from '../release.ts';
import { buildContext } from './build-context.ts';
import { parseDockerfile, type Stage } from './dockerfile.ts';
import { productionPackages } from './production-packages.ts';
import { simulate, type SimulatedStage } from './simulate.ts';

const repository = join(k8sDirectory, '..');
const context = buildContext(repository);
const EXIT_CONFIG = 78;

const stagesOf = (app: string) =>
  parseDockerfile(readFileSync(join(repository, `apps/${app}/Dockerfile`), 'utf8'));
const lastOf = (stages: readonly Stage[], name: string) =>
  stages.at(-1)?.instructions.findLast((instruction) => instruction.name === name)?.text;
const packageJson = (folder: string) =>
  JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as {
    devDependencies?: { node?: string };
  };

/** Builds the image of an app into a folder of its own, before the tests of a suite. */
function simulated(app: string): () => SimulatedStage {
  let image: SimulatedStage | undefined;
  let folder: string | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), `image-${app}-`));
    image = simulate(stagesOf(app), repository, context, folder);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });
  return () => image ?? assert.fail('the image was not built');
}

/** Runs a command as the image would, with nothing in its environment. */
function runInImage({ root, workdir }: SimulatedStage, command: readonly string[]) {
  const [program, ...words] = command;
  assert.equal(program, 'node');
  const cwd = join(root, workdir);
  return spawnSync(process.execPath, words, {
    cwd,
    encoding: 'utf8',
    env: { NODE_ENV: 'production' },
    timeout: 60_000,
  });
}

describe('the files a builder gets', () => {
  it('are sources, and neither tests, installed packages nor what the repository keeps for itself', () => {
    assert(context.includes('apps/auth/src/main.ts'));
    assert(context.includes('package-lock.json'));
    assert.deepEqual(
      context.filter((file) =>
        /\.test\.ts$|(^|\/)(node_modules|dist)\/|^(tools|k8s|docs|\.git)\//.test(file),
      ),
      [],
    );
  });
});

for (const app of ['auth', 'courses', 'ai-tutor']) {
  describe(`the image of ${app}`, () => {
    const stages = stagesOf(app);
    const image = simulated(app);

    it('holds the app and the libraries it depends on, and no other', () => {
      const tree = join(image().root, 'srv/ganitagya');
      const copied = ['apps', 'libs'].flatMap((folder) =>
        readdirSync(join(tree, folder)).map((name) => `${folder}/${name}`),
      );
      const needed = productionPackages(repository, `apps/${app}`).filter(
        (place) => !place.includes('node_modules'),
      );
      assert.deepEqual(copied.sort(), needed.sort());
    });

    it('starts: with nothing configured it says what is missing', () => {
      const command = JSON.parse(lastOf(stages, 'CMD') ?? '') as string[];
      const { status, stderr } = runInImage(image(), command);
      assert.match(stderr, /DATABASE_URL is required/);
      assert.equal(status, EXIT_CONFIG, stderr);
    });

    it('has what the jobs of the release run, with all it imports', () => {
      const jobs = podMakersOf(loadRelease('production').objects)
        .filter(({ owner }) => owner.kind === 'Job')
        .flatMap(({ spec }) => spec.containers)
        .filter((container) => container.image?.includes(`/${app}:`));
      assert(jobs.length > 0);
      for (const { command = [] } of jobs) {
        assert(existsSync(join(image().root, image().workdir, command[1] ?? '')), command.join(' '));
        const { status, stderr } = runInImage(image(), command);
        assert.notEqual(status, 0, 'without a database it must fail');
        assert.doesNotMatch(stderr, /ERR_MODULE_NOT_FOUND|ERR_UNSUPPORTED|SyntaxError/);
      }
    });

    it('has no development packages', () => {
      const installed = join(image().root, 'srv/ganitagya/node_modules');
      assert(existsSync(join(installed, 'fastify')));
      for (const name of ['typescript', 'eslint', 'nx', 'node', 'prettier']) {
        assert(!existsSync(join(installed, name)), name);
      }
    });

    it('runs on the Node of the workspace, pinned', () => {
      const version = packageJson('.').devDependencies?.node ?? '';
      for (const { image: base } of stages) assert.equal(base, `node:${version}-bookworm-slim`);
    });

    it('runs as a user of its own, with Node as the first process', () => {
      assert.equal(lastOf(stages, 'USER'), '10001:10001');
      assert.equal(lastOf(stages, 'CMD'), '["node", "src/main.ts"]');
      assert.equal(lastOf(stages, 'ENTRYPOINT'), undefined);
    });
  });
}

describe('the image of edge', () => {
  const stages = stagesOf('edge');
  const image = simulated('edge');

  it('holds the built site and no source', () => {
    const tree = join(image().root, 'srv/ganitagya');
    assert.deepEqual(readdirSync(tree), ['site']);
    assert(existsSync(join(tree, 'site/index.html')));
    assert(existsSync(join(tree, 'site/static/manifest.json')));
  });

  it('is an nginx that looks names up again, without root, and ends gracefully', () => {
    const [, minor = '0'] =
      /^nginxinc\/nginx-unprivileged:1\.(\d+)\.\d+$/.exec(stages.at(-1)?.image ?? '') ?? [];
    assert(Number(minor) >= 29, 'server … resolve needs 1.27.3, keep-alive by default 1.29.7');
    assert.equal(lastOf(stages, 'USER'), '10001:10001');
    assert.equal(lastOf(stages, 'STOPSIGNAL'), 'SIGQUIT');
    assert.match(lastOf(stages, 'ENTRYPOINT') ?? '', /^\["nginx", /);
  });
});

describe('parseDockerfile', () => {
  it('refuses what the simulation would pass over', () => {
    assert.throws(() => parseDockerfile('FROM a\nADD b c\n'), /Not understood: ADD/);
    assert.throws(() => parseDockerfile('RUN a\n'), /Not understood: RUN/);
  });

  it('is simulated to the letter: a file that a builder does not get is a fault', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'image-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const build = (text: string) => simulate(parseDockerfile(text), repository, context, folder);
    assert.throws(() => build('FROM a\nCOPY tools tools\n'), /COPY tools: no such file for the builder/);
    assert.throws(
      () => build('FROM a\nCOPY package.json ./\nRUN npm ci --omit=dev --workspace=apps/auth\n'),
      /would not find the workspace apps\/auth/,
    );
  });
});
