/** Who is logging in: gives what the user pool asks for, one thing at a time. */
export interface Person {
  password(): Promise<string>;
  newPassword(): Promise<string>;
  /** The authenticator's six digits of this moment. */
  code(): Promise<string>;
  /** Takes the secret of a new authenticator, as base32 and as a URL that authenticators read. It is never shown again. */
  enrol(authenticator: { secret: string; url: string }): void;
}
