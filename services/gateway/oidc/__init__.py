"""统一身份: signing in through agencies' identity providers (OpenID Connect). docs/signing-in.md says how they are set up."""
