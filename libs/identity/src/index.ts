export { hasRole, principalOf, requireRole, requireUser } from './guards.ts';
export { identity } from './identity.ts';
export { KeysUnavailableError, type FetchKeys } from './published-keys.ts';
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts';
