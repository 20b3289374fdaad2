import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hash } from '@node-rs/argon2';
import { ADDRESS_FAILURES } from '../attempts/sign-in-attempts.ts';
import { HashQueue } from '../passwords/hash-queue.ts';
import { PasswordHasher } from '../passwords/password-hasher.ts';
import type { AuthSchema } from '../schema.ts';
import { loadUserEmail, seedLoadUsers } from '../seed/load-users.ts';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from '../testing/test-auth.ts';

describe('POST /api/auth/login', () => {
  let database: AuthDatabase;
  let auth: TestAuth;
  before(async () => {
    database = await startAuthDatabase();
    auth = await openAuth(database);
  });
  after(async () => {
    await auth.close();
    await database.stop();
  });

  const login = (email: string, password: string, address?: string) =>
    auth.post('/login', { email, password }, address);

  it('signs in, and calls the access token `token`', async () => {
    const { email, password, user } = await auth.signUp();
    const response = await login(email, password);
    assert.equal(response.statusCode, 200);
    const body = response.json();
    assert.deepEqual(Object.keys(body).toSorted(), ['expiresIn', 'refreshToken', 'token', 'user']);
    assert.deepEqual(body.user, user);
    assert.ok(body.expiresIn >= 570 && body.expiresIn <= 630, `${body.expiresIn}`);
    assert.equal(response.headers['cache-control'], 'private, no-store');
    assert.deepEqual((await auth.me(body.token)).json(), user);
  });

  it('takes the address in any case and with spaces around it', async () => {
    const { email, password } = await auth.signUp();
    assert.equal((await login(`  ${email.toUpperCase()} `, password)).statusCode, 200);
  });

  it('refuses a body without a password', async () => {
    const response = await auth.post('/login', { email: 'asha@example.in' });
    assert.equal(response.statusCode, 400);
    assert.equal(response.json().code, 'input.invalid');
    assert.deepEqual(response.json().errors, [
      { field: '/body/password', message: "must have required property 'password'" },
    ]);
  });

  it('answers the same for an unknown account and a wrong password', async () => {
    const { email } = await auth.signUp();
    const wrong = await login(email, 'not the password');
    const unknown = await login('nobody@example.in', 'not the password');
    assert.equal(wrong.statusCode, 401);
    assert.equal(unknown.statusCode, 401);
    assert.equal(wrong.json().code, 'auth.credentials_wrong');
    const told = (response: typeof wrong) => ({ ...response.json(), requestId: '' });
    assert.deepEqual(told(unknown), told(wrong));
    assert.deepEqual(Object.keys(unknown.headers).toSorted(), Object.keys(wrong.headers).toSorted());
  });

  it('takes the same time for an unknown account and a wrong password', async () => {
    const { email } = await auth.signUp();
    const timed = async (address: string, triedEmail: string) => {
      const startedAt = performance.now();
      assert.equal((await login(triedEmail, 'not the password', address)).statusCode, 401);
      return performance.now() - startedAt;
    };
    const wrong: number[] = [];
    const unknown: number[] = [];
    // In turns, and each first every other time, so that whatever else the machine does befalls both.
    for (let round = 0; round < 30; round += 1) {
      const address = `10.2.0.${round}`;
      const tryWrong = async () => wrong.push(await timed(address, email));
      const tryUnknown = async () => unknown.push(await timed(address, `nobody${round}@example.in`));
      for (const attempt of round % 2 === 0 ? [tryWrong, tryUnknown] : [tryUnknown, tryWrong])
        await attempt();
    }
    const ratio = lowerQuartile(unknown) / lowerQuartile(wrong);
    // Without the dummy hash it is below 0.3.
    assert.ok(
      ratio > 0.5 && ratio < 2,
      `unknown ${lowerQuartile(unknown)} ms, wrong ${lowerQuartile(wrong)} ms`,
    );
  });

  it('makes the sixth try wait after five failures, and says how long', async () => {
    const { email, password } = await auth.signUp();
    const address = '10.3.0.1';
    for (let failure = 1; failure <= 5; failure += 1) {
      assert.equal((await login(email, 'not the password', address)).statusCode, 401, `failure ${failure}`);
    }
    const refused = await login(email, password, address);
    assert.equal(refused.statusCode, 429);
    assert.equal(refused.json().code, 'auth.too_many_attempts');
    assert.equal(refused.headers['retry-after'], '1');
  });

  it('makes guesses at an account that does not exist wait the same', async () => {
    const address = '10.3.0.2';
    const statuses: number[] = [];
    for (const guess of ['one', 'two', 'three', 'four', 'five', 'six']) {
      statuses.push((await login('ghost@example.in', guess, address)).statusCode);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  });

  it('does not let a stranger elsewhere lock the owner out', async () => {
    const { email, password } = await auth.signUp();
    let refusals = 0;
    for (let guess = 0; guess < 20; guess += 1) {
      if ((await login(email, `guess number ${guess}`, '10.4.0.66')).statusCode === 429) refusals += 1;
    }
    assert.equal(refusals, 15);
    assert.equal((await login(email, password, '10.4.0.1')).statusCode, 200);
  });

  it('forgets the failures of somebody who got it right', async () => {
    const { email, password } = await auth.signUp();
    const address = '10.5.0.1';
    for (let round = 0; round < 3; round += 1) {
      for (let failure = 0; failure < 4; failure += 1) await login(email, 'not the password', address);
      assert.equal((await login(email, password, address)).statusCode, 200, `round ${round}`);
    }
  });

  it('lets a class of 60 behind one address in within a minute, each after one mistake', async () => {
    const password = 'lotus pond at dawn';
    const hasher = new PasswordHasher(new HashQueue({ concurrency: 1, queueMax: 1, waitMaxMs: 60_000 }));
    await seedLoadUsers(auth.platform.database<AuthSchema>(), hasher, { count: 60, password });
    const startedAt = performance.now();
    const signIn = async (number: number) => {
      const mistake = await login(loadUserEmail(number), 'lotus pond at dusk', '10.6.0.1');
      const second = await login(loadUserEmail(number), password, '10.6.0.1');
      return [mistake.statusCode, second.statusCode];
    };
    const pupils = Array.from({ length: 60 }, (_, index) => index + 1);
    for (let first = 0; first < pupils.length; first += 20) {
      const answers = await Promise.all(pupils.slice(first, first + 20).map(signIn));
      for (const statuses of answers) assert.deepEqual(statuses, [401, 200]);
    }
    assert.ok(performance.now() - startedAt < 60_000);
  });

  it('turns an address away that has failed 300 times, and no other', async () => {
    const { email, password } = await auth.signUp();
    const limiter = auth.platform.limiter(ADDRESS_FAILURES);
    for (let failure = 0; failure < ADDRESS_FAILURES.limit; failure += 1) await limiter.consume('a:10.7.0.1');
    const refused = await login(email, password, '10.7.0.1');
    assert.equal(refused.statusCode, 429);
    assert.ok(Number(refused.headers['retry-after']) > 60);
    assert.equal((await login(email, password, '10.7.0.2')).statusCode, 200);
  });

  it('answers 503 with Retry-After when too many wait for a hash, and holds it against nobody', async (t) => {
    const busy = await openAuth(database, { HASH_CONCURRENCY: '1', HASH_QUEUE_MAX: '0' });
    t.after(() => busy.close());
    const { email, password, user } = await auth.signUp();
    // As slow as is taken at all, so that the first is still at work when the others come.
    const slow = await hash(password, { memoryCost: 65_536, timeCost: 8 });
    await database.query('update auth.account set password_hash = $1 where id = $2', [slow, user.id]);
    const tryFrom = (address: string, guess: string) =>
      busy.post('/login', { email, password: guess }, address);
    const addresses = Array.from({ length: 20 }, (_, index) => `10.8.0.${index}`);
    const responses = await Promise.all(addresses.map((address) => tryFrom(address, 'not the password')));
    const refused = responses.filter((response) => response.statusCode === 503);
    assert.ok(refused.length > 0 && refused.length < responses.length, `${refused.length} refused`);
    for (const response of refused) {
      assert.equal(response.json().code, 'auth.busy');
      assert.equal(response.headers['retry-after'], '2');
    }
    const address = addresses[responses.findIndex((response) => response.statusCode === 503)] ?? '';
    const statuses: number[] = [];
    for (const guess of ['one', 'two', 'three', 'four', password]) {
      statuses.push((await tryFrom(address, guess)).statusCode);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 200]);
  });

  it('asks neither the database nor Redis about somebody who is refused for lack of room', async (t) => {
    const busy = await openAuth(database, { HASH_CONCURRENCY: '1', HASH_QUEUE_MAX: '0' });
    t.after(() => busy.close());
    const { email, password, user } = await auth.signUp();
    const slow = await hash(password, { memoryCost: 65_536, timeCost: 8 });
    await database.query('update auth.account set password_hash = $1 where id = $2', [slow, user.id]);
    const { events } = busy.platform.database<AuthSchema>();
    const hashing = new Promise((resolve) => events.once('query', resolve));
    const first = busy.post('/login', { email, password }, '10.9.0.1');
    await hashing;
    let queries = 0;
    events.on('query', () => (queries += 1));
    const body = { email: 'newcomer@example.in', password, name: 'Newcomer' };
    const refused = await Promise.all([
      busy.post('/register', body),
      ...Array.from({ length: 6 }, () => busy.post('/login', { email, password }, '10.9.0.2')),
    ]);
    assert.equal(queries, 0);
    for (const { statusCode } of refused) assert.equal(statusCode, 503);
    assert.equal((await first).statusCode, 200);
  });

  it('renews a hash that was made with other parameters', async () => {
    const { email, password, user } = await auth.signUp();
    const older = await hash(password, { memoryCost: 8_192, timeCost: 1 });
    await database.query('update auth.account set password_hash = $1 where id = $2', [older, user.id]);
    assert.equal((await login(email, password)).statusCode, 200);
    const [row] = await database.query<{ hash: string }>(
      'select password_hash as hash from auth.account where id = $1',
      [user.id],
    );
    assert.match(row?.hash ?? '', /m=19456,t=2,p=1/);
    assert.equal((await login(email, password)).statusCode, 200);
  });

  it('does not run a stored hash that is costlier than the ceiling', async () => {
    const { email, password, user } = await auth.signUp();
    await database.query(
      `update auth.account set password_hash = replace(password_hash, 'm=19456', 'm=4000000') where id = $1`,
      [user.id],
    );
    const response = await login(email, password);
    assert.equal(response.statusCode, 500);
    assert.equal(response.json().code, 'internal');
  });
});

/** The time that a quarter of the tries stayed below: what disturbs some of them does not count. */
function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}
