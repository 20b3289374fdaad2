import { Type, type Static } from 'typebox';

/** A published Ed25519 key (RFC 8037), as verifiers find it by its `kid`. */
export const PublicJwk = Type.Object({
  kid: Type.String(),
  kty: Type.Literal('OKP'),
  crv: Type.Literal('Ed25519'),
  x: Type.String(),
  alg: Type.Literal('EdDSA'),
  use: Type.Literal('sig'),
});

/** One published key. */
export type PublicJwk = Static<typeof PublicJwk>;

/** The keys that tokens may be signed with (a JWK set). */
export const PublicJwks = Type.Object({ keys: Type.Array(PublicJwk) });

/** All published keys. */
export type PublicJwks = Static<typeof PublicJwks>;
