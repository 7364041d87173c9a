"""第二因素: codes of an authenticator and recovery codes beside the password. docs/signing-in.md says who needs one."""
