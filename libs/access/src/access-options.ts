/** What access is told by the configuration. */
export abstract class AccessOptions {
  /** How long a person may stay away from the console and still be signed in, in milliseconds. */
  abstract readonly idleMs: number;
  /** Where the console is reached, without a slash at the end: links of invitations begin with it. */
  abstract readonly publicUrl: string;
}
