import { sql } from 'kysely';
import type { Executor } from '../schema.ts';
import type { KeyTimes } from './key-schedule.ts';
import type { PublicJwk } from './public-jwk.ts';

/** A signing key as it is stored. */
export interface StoredKey extends KeyTimes {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateJwkEncrypted: Buffer;
}

// Any number will do that nobody else in this database locks.
const ROTATION_LOCK = 0x6761_6e69;

/** All keys, oldest first. */
export async function listKeys(database: Executor): Promise<readonly StoredKey[]> {
  const rows = await database.selectFrom('signing_key').selectAll().orderBy('signs_from').execute();
  return rows.map((row) => ({
    kid: row.id,
    publicJwk: row.public_jwk,
    privateJwkEncrypted: row.private_jwk_encrypted,
    createdAtMs: row.created_at.getTime(),
    signsFromMs: row.signs_from.getTime(),
  }));
}

/** Holds off every other process that would make or drop keys, until the transaction ends. */
export async function lockKeys(transaction: Executor): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ROTATION_LOCK}::bigint)`.execute(transaction);
}

/** Adds a key; fails when there is one of that id. */
export async function insertKey(transaction: Executor, key: StoredKey): Promise<void> {
  await transaction
    .insertInto('signing_key')
    .values({
      id: key.kid,
      public_jwk: key.publicJwk,
      private_jwk_encrypted: key.privateJwkEncrypted,
      created_at: new Date(key.createdAtMs),
      signs_from: new Date(key.signsFromMs),
    })
    .execute();
}

/** Removes keys for good. */
export async function deleteKeys(transaction: Executor, kids: readonly string[]): Promise<void> {
  if (kids.length === 0) return;
  await transaction.deleteFrom('signing_key').where('id', 'in', kids).execute();
}
