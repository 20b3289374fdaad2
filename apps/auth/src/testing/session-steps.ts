import assert from 'node:assert/strict';
import { parseRefreshToken } from '../sessions/refresh-token.ts';
import type { Answer, AuthDatabase, TestAuth } from './test-auth.ts';

/** A session's row, as far as the rule of refreshing goes. */
export interface SessionRow {
  readonly counter: number;
  readonly reason: string | null;
}

/** What tests of sessions do again and again. A session is named by any refresh token of it. */
export class SessionSteps {
  readonly #database: AuthDatabase;
  readonly #auth: TestAuth;

  constructor(database: AuthDatabase, auth: TestAuth) {
    this.#database = database;
    this.#auth = auth;
  }

  refresh(refreshToken: string): Promise<Answer> {
    return this.#auth.post('/refresh', { refreshToken });
  }

  /** The refresh token of an answer that must be good. */
  async refreshed(refreshToken: string): Promise<string> {
    const response = await this.refresh(refreshToken);
    assert.equal(response.statusCode, 200, response.body);
    return response.json().refreshToken;
  }

  async assertEnded(refreshToken: string): Promise<void> {
    const response = await this.refresh(refreshToken);
    assert.equal(response.statusCode, 401);
    assert.equal(response.json().code, 'auth.session_ended');
  }

  /** Moves a session's clock back, as if that much time had gone by. */
  async age(refreshToken: string, column: 'rotated_at' | 'created_at', interval: string): Promise<void> {
    await this.#database.query(`update auth.session set ${column} = ${column} - $1::interval where id = $2`, [
      interval,
      sessionIdOf(refreshToken),
    ]);
  }

  async stateOf(refreshToken: string): Promise<SessionRow | undefined> {
    const [row] = await this.#database.query<SessionRow>(
      'select counter, end_reason as reason from auth.session where id = $1',
      [sessionIdOf(refreshToken)],
    );
    return row;
  }
}

/** The session that a refresh token names. */
export function sessionIdOf(refreshToken: string): string {
  const claim = parseRefreshToken(refreshToken);
  assert.ok(claim);
  return claim.sessionId;
}
