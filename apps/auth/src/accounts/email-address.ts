/** Longest e-mail address that mail servers take (RFC 5321). */
export const EMAIL_LENGTH_MAX = 254;

/**
 * One @, a dot in the domain, no spaces or control characters inside; spaces around are cut off later. Whether it exists
 * only mail can tell.
 */
export const EMAIL_PATTERN =
  '^\\s*[^\\s\\p{Cc}\\p{Cs}@]+@[^\\s\\p{Cc}\\p{Cs}@.]+(\\.[^\\s\\p{Cc}\\p{Cs}@.]+)+\\s*$';

/** The form an address is compared and stored in. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
