/** Encrypts what must be kept but not read by whoever reads the database (AES-256-GCM under a key of the installation). */
export interface Seal {
  /** base64url. */
  seal(text: string): string;
  /** Undefined for anything that `seal` with this key has not made. */
  open(sealed: string): string | undefined;
}
