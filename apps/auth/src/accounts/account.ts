import type { Role } from '@ganitagya/service';

/** A person as others may see them. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** A person together with what a sign-in is checked against; never leaves the service. */
export interface Account extends User {
  readonly passwordHash: string;
}

/** An account to be made; `email` is normalised. */
export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}
