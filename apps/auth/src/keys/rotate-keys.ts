import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { Executor } from '../schema.ts';
import type { KeyCipher } from './key-cipher.ts';
import { isRotationDue, publishedKeys, signsFrom } from './key-schedule.ts';
import { deleteKeys, insertKey, listKeys, lockKeys, type StoredKey } from './signing-key.repository.ts';

/** What a rotation works with. `force` makes a new key before the current one is old. */
export interface RotationOptions {
  readonly database: Executor;
  readonly cipher: KeyCipher;
  readonly force?: boolean;
  readonly now?: () => number;
}

/**
 * Makes the next signing key when one is due, and drops those that no living token was signed with. Processes that do
 * so at the same time make one key between them.
 */
export async function rotateKeys({
  database,
  cipher,
  force = false,
  now = Date.now,
}: RotationOptions): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await lockKeys(transaction);
    const keys = await listKeys(transaction);
    const nowMs = now();
    if (!force && !isRotationDue(keys, nowMs)) return;
    await insertKey(transaction, await createKey(cipher, nowMs, signsFrom(keys, nowMs)));
    const published = new Set(publishedKeys(keys, nowMs).map((key) => key.kid));
    await deleteKeys(
      transaction,
      keys.map((key) => key.kid).filter((kid) => !published.has(kid)),
    );
  });
}

async function createKey(cipher: KeyCipher, createdAtMs: number, signsFromMs: number): Promise<StoredKey> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateJwk = JSON.stringify(await exportJWK(privateKey));
  const { x } = await exportJWK(publicKey);
  if (x === undefined) throw new TypeError('An Ed25519 key has a point.');
  return {
    kid,
    publicJwk: { kid, kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA', use: 'sig' },
    privateJwkEncrypted: cipher.encrypt(privateJwk, kid),
    createdAtMs,
    signsFromMs,
  };
}
