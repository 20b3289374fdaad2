import { readFileSync } from 'node:fs';

/** Shortest password, in characters. No rule asks for kinds of characters: length is what helps. */
export const PASSWORD_LENGTH_MIN = 8;
/** Longest password, in characters. */
export const PASSWORD_LENGTH_MAX = 128;

/** Why a password may not be chosen. */
export type PasswordFault = 'common' | 'personal';

/** Passwords so common that they are guessed first; only those long enough to pass the length rule. */
export const bannedPasswords: ReadonlySet<string> = new Set(
  readFileSync(new URL('./banned-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean),
);

/** The fault of a new password, or undefined. Case and surrounding spaces do not make a common password a rare one. */
export function passwordFault(
  password: string,
  owner: { readonly email: string; readonly name: string },
): PasswordFault | undefined {
  const candidate = folded(password);
  if (bannedPasswords.has(candidate) || isOneCharacter(candidate)) return 'common';
  const [localPart] = owner.email.split('@');
  const personal = [owner.email, localPart ?? '', owner.name, owner.name.replaceAll(/\s+/g, '')].map(folded);
  return personal.includes(candidate) ? 'personal' : undefined;
}

function folded(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

/** Or none: a row of spaces is trimmed to nothing. */
function isOneCharacter(text: string): boolean {
  return new Set(text).size <= 1;
}
