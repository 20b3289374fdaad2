import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from '../testing/test-auth.ts';
import { TAKEN_ANSWERS } from './registration.service.ts';

const password = 'tamarind seeds rattle';

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

describe('POST /api/auth/register', () => {
  const register = (body: object, address?: string) => auth.post('/register', body, address);

  it('makes a student and signs them in', async () => {
    const response = await register({ email: ' Asha.Rao@Example.in ', password, name: ' Asha Rao ' });
    assert.equal(response.statusCode, 201);
    const body = response.json();
    assert.deepEqual(Object.keys(body).toSorted(), ['expiresIn', 'refreshToken', 'token', 'user']);
    const { id, ...user } = body.user;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(user, { email: 'asha.rao@example.in', name: 'Asha Rao', role: 'student' });
    assert.equal(response.headers['cache-control'], 'private, no-store');
    assert.equal((await auth.me(body.token)).statusCode, 200);
  });

  it('refuses what is missing or malformed, and names the fields', async () => {
    const good = { email: 'ravi@example.in', password, name: 'Ravi' };
    const bad: readonly (readonly [object, string])[] = [
      [{ ...good, email: undefined }, '/body/email'],
      [{ ...good, email: 'ravi' }, '/body/email'],
      [{ ...good, email: `${'r'.repeat(250)}@a.in` }, '/body/email'],
      [{ ...good, email: 'r\0@a.in' }, '/body/email'],
      // NFC makes two characters of each of these.
      [{ ...good, email: `${'\u0958'.repeat(240)}@a.in` }, '/body/email'],
      [{ ...good, name: 'Ra\0vi' }, '/body/name'],
      [{ ...good, password: '1234567' }, '/body/password'],
      [{ ...good, password: 'p'.repeat(129) }, '/body/password'],
      [{ ...good, name: '  ' }, '/body/name'],
      [{ ...good, role: 'admin' }, '/body/role'],
      [{ ...good, isAdmin: true }, '/body/isAdmin'],
    ];
    for (const [body, field] of bad) {
      const response = await register(body);
      assert.equal(response.statusCode, 400, field);
      const problem = response.json();
      assert.equal(problem.code, 'input.invalid');
      assert.ok(
        problem.errors.some((fault: { field: string }) => fault.field === field),
        `${field} in ${JSON.stringify(problem.errors)}`,
      );
    }
  });

  it('refuses a common password and one that is the owner’s name', async () => {
    const common = await register({ email: 'ravi@example.in', password: 'India@123', name: 'Ravi' });
    assert.equal(common.statusCode, 400);
    assert.equal(common.json().code, 'auth.password_common');
    assert.equal(common.json().errors[0]?.field, '/body/password');
    const personal = await register({
      email: 'ravi@example.in',
      password: 'Ravi Shastri',
      name: 'ravi shastri',
    });
    assert.equal(personal.json().code, 'auth.password_personal');
  });

  it('takes passwords in Devanagari', async () => {
    const secret = 'इमली के बीज खनकते हैं';
    const email = 'devanagari@example.in';
    assert.equal((await register({ email, password: secret, name: 'देवी' })).statusCode, 201);
    assert.equal((await auth.post('/login', { email, password: secret })).statusCode, 200);
  });

  it('leaves the role of teacher to administrators unless self-registration is open', async (t) => {
    const teacher = { email: 'teacher@example.in', password, name: 'Tara', role: 'teacher' };
    const refused = await register(teacher);
    assert.equal(refused.statusCode, 403);
    assert.equal(refused.json().code, 'auth.role_not_open');
    const open = await openAuth(database, { ALLOW_TEACHER_SIGNUP: 'true' });
    t.after(() => open.close());
    const made = await open.post('/register', teacher);
    assert.equal(made.statusCode, 201);
    assert.equal(made.json().user.role, 'teacher');
  });

  it('refuses an address that has an account, however it is spelt', async () => {
    await auth.signUp({ email: 'taken@example.in' });
    const response = await register({ email: 'TAKEN@example.IN ', password, name: 'Other' });
    assert.equal(response.statusCode, 409);
    assert.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(response.json().code, 'auth.email_taken');
  });

  it('gives an address to one of two who ask at the same time', async () => {
    const body = { email: 'race@example.in', password, name: 'Racer' };
    const statuses = (await Promise.all([register(body), register(body)])).map(
      (response) => response.statusCode,
    );
    assert.deepEqual(statuses.toSorted(), [201, 409]);
  });

  it('stops telling which addresses are taken after 20 such answers to one network address', async () => {
    const address = '10.1.0.1';
    const { email } = await auth.signUp();
    const limiter = auth.platform.limiter(TAKEN_ANSWERS);
    for (let count = 0; count < TAKEN_ANSWERS.limit - 1; count += 1) await limiter.consume(`a:${address}`);
    assert.equal((await register({ email, password, name: 'Prober' }, address)).statusCode, 409);
    const refused = await register({ email, password, name: 'Prober' }, address);
    assert.equal(refused.statusCode, 429);
    assert.equal(refused.json().code, 'auth.too_many_attempts');
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal((await register({ email, password, name: 'Prober' }, '10.1.0.2')).statusCode, 409);
  });

  it('stores the password only as an argon2id hash', async () => {
    const { email } = await auth.signUp();
    const [row] = await database.query<{ account: string; hash: string }>(
      `select account::text, password_hash as hash from auth.account where email = $1`,
      [email],
    );
    assert.ok(row);
    assert.match(row.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(row.account.includes(password), false);
  });
});

describe('GET /api/auth/me', () => {
  it('tells who is signed in', async () => {
    const { token, user } = await auth.signUp();
    const response = await auth.me(token);
    assert.equal(response.statusCode, 200);
    assert.deepEqual(response.json(), user);
    assert.equal(response.headers['cache-control'], 'private, no-store');
  });

  it('refuses a request without a token', async () => {
    const response = await auth.me();
    assert.equal(response.statusCode, 401);
    assert.equal(response.json().code, 'identity.required');
  });

  it('refuses a token that was changed', async () => {
    const { token } = await auth.signUp();
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
    const response = await auth.me(`${header}.${forged}.${signature}`);
    assert.equal(response.statusCode, 401);
    assert.equal(response.json().code, 'identity.token_invalid');
  });

  it('refuses the token of a session that has ended', async () => {
    const { token } = await auth.signUp();
    await auth.post('/logout', undefined, undefined, token);
    const response = await auth.me(token);
    assert.equal(response.statusCode, 401);
    assert.equal(response.json().code, 'auth.session_ended');
  });

  it('refuses the token of an account that was deleted', async () => {
    const { token, user } = await auth.signUp();
    await database.query('delete from auth.account where id = $1', [user.id]);
    assert.equal((await auth.me(token)).json().code, 'auth.session_ended');
  });
});
