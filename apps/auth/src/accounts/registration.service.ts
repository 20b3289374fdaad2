import type { Limiter, LimitRule, Role } from '@ganitagya/service';
import {
  emailTaken,
  emailTooLong,
  passwordCommon,
  passwordPersonal,
  roleNotOpen,
  tooManyAttempts,
} from '../errors.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { passwordFault } from '../passwords/password-rules.ts';
import type { Executor } from '../schema.ts';
import type { SessionService, SignedIn } from '../sessions/session.service.ts';
import { insertAccount } from './account.repository.ts';
import { EMAIL_LENGTH_MAX, normalizeEmail } from './email-address.ts';

/** Answers "taken" from one address: a person needs one or two, a list of addresses needs thousands. */
export const TAKEN_ANSWERS: LimitRule = { name: 'register-taken', limit: 20, windowMs: 15 * 60_000 };

/** What somebody asks for who registers. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: Exclude<Role, 'admin'>;
}

/** What registration is built from. */
export interface RegistrationOptions {
  readonly database: Executor;
  readonly passwords: PasswordHasher;
  readonly sessions: SessionService;
  readonly takenAnswers: Limiter;
  readonly allowTeacherSignup: boolean;
}

/** Makes accounts for people who ask for one themselves. */
export class RegistrationService {
  readonly #options: RegistrationOptions;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** The new account, signed in. The work is the same whether or not the address is taken. */
  async register(registration: Registration, address: string): Promise<SignedIn> {
    const { database, passwords, sessions, takenAnswers } = this.#options;
    const { password, role } = registration;
    const email = normalizeEmail(registration.email);
    const name = registration.name.trim();
    this.#refuseFaults({ email, name, password, role });
    passwords.assertRoom();

    const verdict = await takenAnswers.peek(address);
    if (!verdict.allowed) throw tooManyAttempts(verdict.retryAfterS);

    const passwordHash = await passwords.hash(password);
    const signedIn = await database.transaction().execute(async (transaction) => {
      const user = await insertAccount(transaction, { email, name, role, passwordHash });
      return user && sessions.start(transaction, user);
    });
    if (signedIn === undefined) {
      await takenAnswers.consume(address);
      throw emailTaken();
    }
    return signedIn;
  }

  #refuseFaults({ email, name, password, role }: Registration): void {
    if (Array.from(email).length > EMAIL_LENGTH_MAX) throw emailTooLong(EMAIL_LENGTH_MAX);
    if (role === 'teacher' && !this.#options.allowTeacherSignup) throw roleNotOpen();
    const fault = passwordFault(password, { email, name });
    if (fault === 'common') throw passwordCommon();
    if (fault === 'personal') throw passwordPersonal();
  }
}
