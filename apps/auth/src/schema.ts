import type { Role } from '@ganitagya/service';
import type { Generated, GeneratedAlways, Kysely } from 'kysely';
import type { PublicJwk } from './keys/public-jwk.ts';

/** The tables of auth, as queries see them. */
export interface AuthSchema {
  readonly account: AccountTable;
  readonly session: SessionTable;
  readonly signing_key: SigningKeyTable;
}

/** The database, or a transaction on it: every query takes one of them first. */
export type Executor = Kysely<AuthSchema>;

interface AccountTable {
  readonly id: GeneratedAlways<string>;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly created_at: GeneratedAlways<Date>;
}

interface SessionTable {
  readonly id: GeneratedAlways<string>;
  readonly account_id: string;
  readonly hmac_key: Buffer;
  readonly counter: Generated<number>;
  readonly created_at: Generated<Date>;
  readonly rotated_at: Generated<Date>;
  readonly ended_at: Date | null;
  readonly end_reason: SessionEndReason | null;
}

/** Why a session is over: its owner left, its time was up, or an old token of it was used again. */
export type SessionEndReason = 'logout' | 'expired' | 'reused';

interface SigningKeyTable {
  readonly id: string;
  readonly public_jwk: PublicJwk;
  readonly private_jwk_encrypted: Buffer;
  readonly created_at: Date;
  readonly signs_from: Date;
}
