"""代办: an account lends one of its roles to another one for some days. docs/signing-in.md says which and how."""
