import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, sendSignal, waitFor } from '@ganitagya/testing';
import { ROOT } from '../workspace.ts';
import { Client } from './client.ts';
import { startPlatform, stateFolder, type RunningPlatform } from './platform.ts';

interface CourseList {
  readonly courses: readonly { readonly id: string; readonly slug: string }[];
}
interface Course {
  readonly id: string;
  readonly chapters: readonly {
    readonly lessons: readonly { readonly id: string; readonly slug: string }[];
  }[];
}
interface Answer {
  readonly answer: string;
  readonly source: string;
  readonly steps: readonly { readonly text: string }[];
  readonly citations: readonly { readonly courseSlug: string }[];
}

const state = stateFolder();
let platform: RunningPlatform;
let client: Client;

before(async () => {
  platform = await startPlatform(state.path);
  client = new Client(platform.url);
});
after(async () => {
  client.close();
  if (platform.isRunning()) await platform.interrupt();
  state.remove();
});

describe("a student's evening through the edge", () => {
  test('register, sign in, refresh, sign out', async () => {
    const device = new Client(platform.url, '127.0.1.1');
    const { email, password } = await device.register();
    assert.equal((await device.call('/api/auth/me')).json<{ email: string }>().email, email);
    const login = await device.post('/api/auth/login', { email, password });
    assert.equal(login.status, 200);
    const { token, refreshToken } = login.json<{ token: string; refreshToken: string }>();
    device.token = token;
    const refreshed = await device.post('/api/auth/refresh', { refreshToken });
    assert.equal(refreshed.status, 200);
    device.token = refreshed.json<{ token: string }>().token;
    assert.equal((await device.call('/api/auth/logout', { method: 'POST' })).status, 204);
    const wrong = await device.post('/api/auth/login', { email, password: `${password}!` });
    assert.equal(wrong.status, 401);
    assert.match(String(wrong.headers['content-type']), /problem\+json/u);
    device.close();
  });

  test('catalogue, course, lesson, 304, cheap 404s', async () => {
    const list = await client.call('/api/courses?class=10');
    const [course] = list.json<CourseList>().courses;
    assert.equal(course?.slug, 'class-10-mathematics');
    assert.equal(
      list.headers['cache-control'],
      'public, max-age=60, s-maxage=300, stale-while-revalidate=300',
    );
    const again = await client.call('/api/courses?class=10', {
      headers: { 'if-none-match': String(list.headers.etag) },
    });
    assert.equal(again.status, 304);

    const detail = (await client.call('/api/courses/class-10-mathematics')).json<Course>();
    const lesson = detail.chapters[0]?.lessons[0];
    assert.ok(lesson !== undefined);
    const page = await client.call(`/api/courses/class-10-mathematics/lessons/${lesson.slug}`);
    assert.equal(page.status, 200);
    assert.match(page.json<{ html: string }>().html, /class="katex"/u);
    assert.ok(!('answer' in (page.json<{ exercises: object[] }>().exercises[0] ?? {})));

    for (const id of ['00000000-0000-7000-8000-000000000000', 'no-such-course', '%00', '42']) {
      const missing = await client.call(`/api/courses/${id}`);
      assert.ok(missing.status === 404 || missing.status === 400, `${id}: ${missing.status}`);
      assert.match(String(missing.headers['content-type']), /problem\+json/u);
    }
  });

  test('search finds by English, with a typo, and in Hindi', async () => {
    const slugs = async (q: string) =>
      (await client.call(`/api/courses?q=${encodeURIComponent(q)}`))
        .json<CourseList>()
        .courses.map(({ slug }) => slug);
    assert.ok((await slugs('algebra')).includes('jee-algebra'));
    assert.ok((await slugs('trignometry')).includes('class-10-mathematics'));
    assert.ok((await slugs('बीजगणित')).includes('jee-algebra'));
  });

  test('enrol, make progress, and read it back at once, every time', async () => {
    const device = new Client(platform.url, '127.0.1.2');
    await device.register();
    const course = (await device.call('/api/courses/class-10-mathematics')).json<Course>();
    const enrolment = await device.call('/api/courses/class-10-mathematics/enrolment', { method: 'PUT' });
    assert.ok(enrolment.status === 200 || enrolment.status === 201);
    assert.match((await device.call('/api/enrolments')).text, /class-10-mathematics/u);
    for (const { id } of course.chapters.flatMap(({ lessons }) => lessons).slice(0, 8)) {
      const saved = await device.call(`/api/progress/${id}`, { method: 'PUT', body: { percent: 40 } });
      assert.ok(saved.status === 200 || saved.status === 204, saved.text);
      const progress = await device.call('/api/progress?course=class-10-mathematics');
      assert.equal(progress.headers['cache-control'], 'private, no-store');
      assert.ok(progress.text.includes(id), 'progress that was just saved');
    }
    assert.equal((await device.call('/api/progress/resume')).status, 200);
    device.token = undefined;
    assert.equal((await device.call('/api/enrolments')).status, 401);
    device.close();
  });

  test('the tutor solves and explains without a token, and says where from', async () => {
    const solved = (
      await client.post('/api/ai/tutor/ask', { question: 'Solve x^2 - 5x + 6 = 0' })
    ).json<Answer>();
    assert.equal(solved.source, 'solver');
    assert.match(solved.answer.replaceAll(' ', ''), /x=2.*x=3|x=3.*x=2/u);
    assert.ok(solved.steps.length >= 2);

    // Its knowledge of the lessons comes over the feed of courses, soon after the start.
    const explained = await waitFor(
      async () => {
        const answer = (
          await client.post('/api/ai/tutor/ask', {
            question: 'Explain quadratic equations',
            context: 'class 10',
          })
        ).json<Answer>();
        return answer.source === 'lessons' && answer;
      },
      { what: 'an explanation from the lessons', timeoutMs: 60_000, intervalMs: 500 },
    );
    assert.ok(explained.citations.some(({ courseSlug }) => courseSlug === 'class-10-mathematics'));
    assert.match(explained.answer, /quadratic/iu);
  });

  test('the tutor streams through the edge as it goes', async () => {
    const body = JSON.stringify({ question: 'Explain quadratic equations' });
    const ask = request(`${platform.url}/api/ai/tutor/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    });
    ask.end(body);
    const [answer] = (await once(ask, 'response')) as [IncomingMessage];
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/u);
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk as string;
    assert.match(text, /^event: /mu);
    assert.match(text, /^event: done$/mu);
  });

  test('a hammering client gets 429 problems with Retry-After; a neighbour does not notice', async () => {
    const hammer = new Client(platform.url, '127.0.1.3');
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        hammer.post(
          '/api/auth/login',
          { email: 'a@b.in', password: 'wrong-password' },
          { 'x-device-id': 'one' },
        ),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0, String(answers.map(({ status }) => status)));
    assert.ok(refused.every(({ headers }) => Number(headers['retry-after']) > 0));
    assert.ok(refused.every(({ headers }) => String(headers['content-type']).includes('problem+json')));
    const neighbour = new Client(platform.url, '127.0.1.4');
    assert.equal((await neighbour.call('/api/courses')).status, 200);
    hammer.close();
    neighbour.close();
  });

  test('each service has its API page; health and metrics are not reachable through the edge', async () => {
    for (const app of ['auth', 'courses', 'ai']) {
      assert.equal((await client.call(`/api/${app}/docs/json`)).status, 200, app);
    }
    const { paths } = (await client.call('/api/courses/docs/json')).json<{
      paths: Record<string, Record<string, { security?: object[] }>>;
    }>();
    const solutions = paths['/api/courses/{course}/lessons/{lesson}/solutions'];
    assert.deepEqual(solutions?.['get']?.security, [{ token: [] }]);
    assert.equal(paths['/api/courses/{course}']?.['get']?.security, undefined);
    for (const path of ['/health', '/metrics', '/livez']) {
      assert.equal((await client.call(path)).status, 404, path);
    }
    for (const [name, url] of Object.entries(platform.run().management)) {
      const health = (await (await fetch(`${url}/health`)).json()) as { status: string; database?: object };
      assert.equal(health.status, 'up', `${name}: ${JSON.stringify(health)}`);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      for (const series of [
        'http_request_duration_seconds',
        'active_connections',
        'database_query_duration_seconds',
      ]) {
        assert.ok(metrics.includes(series), `${name}: ${series}`);
      }
    }
  });
});

describe('npm start', () => {
  test('a taken port, a second start and databases in use are one clear line each', async () => {
    const start = (...args: string[]) =>
      spawnSync(process.execPath, ['tools/local/src/start.ts', ...args], { cwd: ROOT, encoding: 'utf8' });
    const port = new URL(platform.url).port;
    const other = stateFolder();
    const taken = start('--state', other.path, '--port', port);
    other.remove();
    assert.equal(taken.status, 1);
    assert.match(taken.stderr, new RegExp(`^Port ${port} of 127.0.0.1 is taken.*\n$`, 'u'));
    const second = start('--state', state.path, '--port', port);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /^It runs already .*\n$/u);
    // As when an "nx serve" without npm start has the databases.
    const runFile = join(state.path, 'run.json');
    renameSync(runFile, `${runFile}.away`);
    const withoutData = start('--state', state.path, '--port', String(await freePort()));
    renameSync(`${runFile}.away`, runFile);
    assert.equal(withoutData.status, 1);
    assert.match(withoutData.stdout, /^The databases of .* run already, .*\n$/u);
    assert.match(start('--port', 'x').stderr, /--port must be a whole number/u);
    assert.match(start('--help').stdout, /usage: npm start/u);
  });

  test('Ctrl-C leaves nothing running, and the next start finds its data again', async () => {
    const device = new Client(platform.url, '127.0.1.5');
    const account = await device.register();
    device.close();
    const before = descendants(platform.pid);
    assert.ok(before.length >= 8, `${before.length} processes`);
    assert.deepEqual(await platform.interrupt(), { code: 0, signal: null });
    assert.deepEqual(before.filter(isAlive), []);
    assert.deepEqual(
      platform.lines.filter((line) => line.includes('did not stop')),
      [],
    );

    platform = await startPlatform(state.path, { port: Number(new URL(platform.url).port) });
    client = new Client(platform.url);
    assert.equal((await client.post('/api/auth/login', account)).status, 200);
    assert.equal((await client.call('/api/courses/class-10-mathematics')).status, 200);
  });

  test('a start that is killed with SIGKILL leaves nothing running either', async () => {
    const pids = descendants(platform.pid);
    sendSignal(platform.pid, 'SIGKILL');
    await platform.exited;
    await waitFor(() => pids.filter(isAlive).length === 0, {
      what: 'the end of all parts',
      timeoutMs: 30_000,
      intervalMs: 200,
    });
    await sleep(100);
  });
});

/** All processes below one, from /proc. */
function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const below = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || below(parent));
  };
  return [...parents.keys()].filter(below);
}

function isAlive(pid: number): boolean {
  try {
    // A zombie that init has not reaped yet has ended.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
