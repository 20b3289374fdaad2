import type { Principal } from '@ganitagya/service';
import type { User } from '../accounts/account.ts';
import { refreshTokenInvalid, sessionEnded } from '../errors.ts';
import type { Executor } from '../schema.ts';
import { signAccessToken, type SigningKey } from './access-token.ts';
import { decideRefresh } from './refresh-rule.ts';
import {
  createSessionKey,
  isGenuine,
  parseRefreshToken,
  refreshToken,
  type RefreshTokenClaim,
} from './refresh-token.ts';
import {
  endSession,
  findSessionKey,
  insertSession,
  lockSession,
  rotateSession,
} from './session.repository.ts';

/** What somebody gets who signed in or refreshed. `token` is the access token, `expiresIn` its seconds. */
export interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  readonly user: User;
}

/** Somebody who is signed in now, and the tokens to tell them. */
export interface SignedIn {
  readonly principal: Principal;
  readonly tokens: Tokens;
}

/** What sessions are built from. */
export interface SessionServiceOptions {
  readonly database: Executor;
  readonly signingKey: () => Promise<SigningKey>;
}

interface Refreshed {
  readonly user: User;
  readonly refreshToken: string;
}

/** Starts, refreshes and ends sessions. */
export class SessionService {
  readonly #database: Executor;
  readonly #signingKey: () => Promise<SigningKey>;

  constructor({ database, signingKey }: SessionServiceOptions) {
    this.#database = database;
    this.#signingKey = signingKey;
  }

  /** A new session of a user who has proved who they are. */
  async start(database: Executor, user: User): Promise<SignedIn> {
    const key = createSessionKey();
    const sessionId = await insertSession(database, user.id, key);
    return this.#signedIn(sessionId, { user, refreshToken: refreshToken({ sessionId, counter: 0 }, key) });
  }

  /** New tokens by the rule of `decideRefresh`; a 401 problem when the token or its session is not good any more. */
  async refresh(token: string): Promise<SignedIn> {
    const claim = claimOf(token);
    const outcome = await this.#database
      .transaction()
      .execute((transaction) => applyRefresh(transaction, claim));
    if (outcome === 'not-genuine') throw refreshTokenInvalid();
    if (outcome === 'ended') throw sessionEnded();
    return this.#signedIn(claim.sessionId, outcome);
  }

  /** Ends a session, once or again. */
  async end(sessionId: string): Promise<void> {
    await endSession(this.#database, sessionId, 'logout');
  }

  /** Ends the session of a refresh token, however old the token is. */
  async endByRefreshToken(token: string): Promise<void> {
    const claim = claimOf(token);
    const isOurs = await this.#database.transaction().execute(async (transaction) => {
      const key = await findSessionKey(transaction, claim.sessionId);
      if (key !== undefined && !isGenuine(claim, key)) return false;
      await endSession(transaction, claim.sessionId, 'logout');
      return true;
    });
    if (!isOurs) throw refreshTokenInvalid();
  }

  async #signedIn(sessionId: string, { user, refreshToken }: Refreshed): Promise<SignedIn> {
    const key = await this.#signingKey();
    const { token, expiresAt, expiresInS } = await signAccessToken(key, {
      userId: user.id,
      sessionId,
      role: user.role,
    });
    return {
      principal: { userId: user.id, sessionId, role: user.role, expiresAt },
      tokens: { token, refreshToken, expiresIn: expiresInS, user },
    };
  }
}

// Ending a session must be committed, so the outcome is returned, not thrown.
async function applyRefresh(
  transaction: Executor,
  claim: RefreshTokenClaim,
): Promise<Refreshed | 'not-genuine' | 'ended'> {
  const { sessionId } = claim;
  const session = await lockSession(transaction, sessionId);
  // Deleted some time after it ended.
  if (session === undefined) return 'ended';
  if (!isGenuine(claim, session.hmacKey)) return 'not-genuine';
  const decision = decideRefresh(session.state, claim.counter);
  if (decision.kind === 'end') {
    if (decision.reason !== 'already-ended') await endSession(transaction, sessionId, decision.reason);
    return 'ended';
  }
  const { counter } = decision;
  if (decision.kind === 'rotate') await rotateSession(transaction, sessionId, counter);
  return { user: session.user, refreshToken: refreshToken({ sessionId, counter }, session.hmacKey) };
}

function claimOf(token: string): RefreshTokenClaim {
  const claim = parseRefreshToken(token);
  if (claim === undefined) throw refreshTokenInvalid();
  return claim;
}
