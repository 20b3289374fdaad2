import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The secret does not open this text, or the text was changed. */
export class KeyCipherError extends Error {
  override readonly name = 'KeyCipherError';
}

/** Encrypts small secrets at rest (AES-256-GCM). A text is bound to its name: it cannot be moved to another row. */
export class KeyCipher {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'ganitagya auth signing keys', 32));
  }

  encrypt(text: string, name: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(name));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** Throws `KeyCipherError` when the secret or the name is another one. */
  decrypt(encrypted: Buffer, name: string): string {
    const nonce = encrypted.subarray(0, NONCE_BYTES);
    const tag = encrypted.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const body = encrypted.subarray(NONCE_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(name))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new KeyCipherError(
        `Signing key ${name} does not open: KEY_ENCRYPTION_SECRET is not the one it was stored with.`,
        {
          cause: error,
        },
      );
    }
  }
}
