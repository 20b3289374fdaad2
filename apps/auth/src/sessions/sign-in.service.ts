import type { Account } from '../accounts/account.ts';
import { findAccountByEmail, replacePasswordHash } from '../accounts/account.repository.ts';
import { normalizeEmail } from '../accounts/email-address.ts';
import type { SignInAttempts } from '../attempts/sign-in-attempts.ts';
import { credentialsWrong } from '../errors.ts';
import { HashQueueFullError } from '../passwords/hash-queue.errors.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Executor } from '../schema.ts';
import type { SessionService, SignedIn } from './session.service.ts';

/** What signing in is built from. */
export interface SignInOptions {
  readonly database: Executor;
  readonly passwords: PasswordHasher;
  readonly attempts: SignInAttempts;
  readonly sessions: SessionService;
}

interface Checked {
  /** The account, if the password is its own. */
  readonly account: Account | undefined;
  readonly needsRehash: boolean;
}

/** Checks e-mail address and password, and starts a session. */
export class SignInService {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** One answer and one amount of work, whether the account is unknown or the password wrong. */
  async signIn(typedEmail: string, password: string, address: string): Promise<SignedIn> {
    const { database, attempts, passwords, sessions } = this.#options;
    passwords.assertRoom();
    const email = normalizeEmail(typedEmail);
    const attempt = await attempts.begin(email, address);
    let checked: Checked;
    try {
      checked = await this.#check(email, password);
    } catch (error) {
      await attempt.abandoned();
      throw error;
    }
    const { account, needsRehash } = checked;
    if (account === undefined) {
      await attempt.failed();
      throw credentialsWrong();
    }
    await attempt.succeeded();
    if (needsRehash) await this.#rehash(account, password);
    const { id, name, role } = account;
    return sessions.start(database, { id, email: account.email, name, role });
  }

  async #check(email: string, password: string): Promise<Checked> {
    const { database, passwords } = this.#options;
    const account = await findAccountByEmail(database, email);
    if (account === undefined) {
      await passwords.verifyNothing(password);
      return { account: undefined, needsRehash: false };
    }
    const { isValid, needsRehash } = await passwords.verify(account.passwordHash, password);
    return { account: isValid ? account : undefined, needsRehash };
  }

  async #rehash(account: Account, password: string): Promise<void> {
    const { database, passwords } = this.#options;
    try {
      await replacePasswordHash(database, account, await passwords.hash(password));
    } catch (error) {
      // A new hash can wait for a quieter hour; the sign-in is good.
      if (!(error instanceof HashQueueFullError)) throw error;
    }
  }
}
