import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './client.ts';
import { startPlatform, stateFolder, type RunningPlatform } from './platform.ts';

const state = stateFolder();
let platform: RunningPlatform;

before(async () => {
  platform = await startPlatform(state.path, { args: ['--without', 'redis,nginx', '--instances', '1'] });
});
after(async () => {
  await platform.interrupt();
  state.remove();
});

test('on a machine without Redis and nginx an evening works all the same, and the start says what is missing', async () => {
  assert.ok(platform.lines.some((line) => line.startsWith('without redis-server:')));
  assert.ok(platform.lines.some((line) => line.startsWith('without nginx:')));
  const device = new Client(platform.url);
  const account = await device.register();
  assert.equal((await device.post('/api/auth/login', account)).status, 200);
  assert.equal((await device.call('/api/courses/class-10-mathematics')).status, 200);
  const enrolment = await device.call('/api/courses/class-10-mathematics/enrolment', { method: 'PUT' });
  assert.ok(enrolment.status === 200 || enrolment.status === 201);
  assert.match((await device.call('/api/enrolments')).text, /class-10-mathematics/u);
  const answer = await device.post('/api/ai/tutor/ask', { question: 'Solve 2x + 3 = 11' });
  assert.match(answer.text, /x = 4/u);
  assert.equal((await device.call('/')).status, 200);
  device.close();
});
