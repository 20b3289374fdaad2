import { runWithin } from '@ganitagya/database';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import type { Executor } from '../schema.ts';
import type { SigningKey } from '../sessions/access-token.ts';
import type { KeyCipher } from './key-cipher.ts';
import { publishedKeys, signingKey, type KeyTimes } from './key-schedule.ts';
import type { PublicJwk, PublicJwks } from './public-jwk.ts';
import { rotateKeys } from './rotate-keys.ts';
import { listKeys, type StoredKey } from './signing-key.repository.ts';

/** Another process may have made a key; a new one is announced for much longer than this. */
const RELOAD_AFTER_MS = 60_000;

/** What a key store works with. `onReloadError` hears of a reload that failed: the keys at hand go on serving. */
export interface KeyStoreOptions {
  readonly database: Executor;
  readonly cipher: KeyCipher;
  readonly onReloadError: (error: unknown) => void;
  readonly now?: () => number;
}

interface LoadedKey extends KeyTimes, SigningKey {
  readonly publicJwk: PublicJwk;
}

/** The signing keys of this process, loaded from the database and kept fresh in the background. */
export class KeyStore {
  readonly #options: KeyStoreOptions;
  readonly #now: () => number;
  #keys: readonly LoadedKey[] = [];
  #loadedAtMs = 0;
  #reloading = false;

  private constructor(options: KeyStoreOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Makes the first or the next key if one is due, and loads all. Throws when they do not open with the secret. */
  static async open(options: KeyStoreOptions): Promise<KeyStore> {
    const store = new KeyStore(options);
    await rotateKeys(options);
    await store.#load();
    return store;
  }

  /** The key to sign with now. */
  async signingKey(): Promise<SigningKey> {
    this.#reloadWhenOld();
    const key = signingKey(this.#keys, this.#now());
    if (key === undefined) throw new Error('There is no signing key.');
    return key;
  }

  /** The public keys that tokens may be signed with now or soon. */
  async published(): Promise<PublicJwks> {
    this.#reloadWhenOld();
    return { keys: publishedKeys(this.#keys, this.#now()).map((key) => key.publicJwk) };
  }

  /** Makes a new key now, whatever the age of the current one. */
  async rotate(): Promise<void> {
    await rotateKeys({ ...this.#options, force: true });
    await this.#load();
  }

  #reloadWhenOld(): void {
    if (this.#reloading || this.#now() - this.#loadedAtMs < RELOAD_AFTER_MS) return;
    this.#reloading = true;
    // A failed reload is not tried again at once either.
    this.#loadedAtMs = this.#now();
    // For all who come later: not bounded by the request that happens to be here now.
    runWithin(undefined, () => this.#load())
      .catch(this.#options.onReloadError)
      .finally(() => {
        this.#reloading = false;
      });
  }

  async #load(): Promise<void> {
    const { database, cipher } = this.#options;
    // In a transaction, hence from the primary: a key that was just made must not be missing.
    const stored = await database.transaction().execute((primary) => listKeys(primary));
    this.#keys = await Promise.all(stored.map((key) => openKey(key, cipher)));
    this.#loadedAtMs = this.#now();
  }
}

async function openKey(stored: StoredKey, cipher: KeyCipher): Promise<LoadedKey> {
  const { kid, publicJwk, createdAtMs, signsFromMs } = stored;
  const privateJwk = JSON.parse(cipher.decrypt(stored.privateJwkEncrypted, kid)) as JWK;
  // An OKP key imports as a CryptoKey; only symmetric ones come back as bytes.
  const privateKey = (await importJWK(privateJwk, 'EdDSA')) as CryptoKey;
  return { kid, publicJwk, privateKey, createdAtMs, signsFromMs };
}
