/**
 * What is read of one mail. Everything beyond is kept with the original, and not looked at; all of these are ours, so that
 * no mail of any shape takes long or much memory.
 */
export const mailLimits = {
  /** Bytes of a whole mail; larger ones are refused where they arrive. */
  mailBytes: 35 * 1_024 * 1_024,
  /** Bytes of the headers of one part. */
  headerBytes: 256 * 1_024,
  /** Header lines of one part. */
  headerLines: 1_000,
  /** Bytes of one header after unfolding. */
  headerValueBytes: 64 * 1_024,
  /** Parts of all levels. */
  parts: 500,
  /** Multiparts and mails inside each other. */
  depth: 20,
  /** Addresses of one header. */
  addresses: 500,
  /** Bytes of one text part, before decoding. */
  textBytes: 512 * 1_024,
  /** Files that a message shows; the others are counted. */
  files: 15,
} as const;
