/** Longest e-mail address that mail servers take (RFC 5321). */
export const EMAIL_LENGTH_MAX = 254;

/** One @, a dot in the domain, no spaces inside; spaces around are cut off later. Whether it exists only mail can tell. */
export const EMAIL_PATTERN = '^\\s*[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+\\s*$';

/** The form an address is compared and stored in. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
