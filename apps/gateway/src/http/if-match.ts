import { ApiHeader } from '@nestjs/swagger';
import { invalidInput } from '#libs/faults';

/** Describes the header in the OpenAPI document, and with it the status 412. */
export const IfMatchHeader = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description:
      'The `ETag` of the answer that was read: refused with 412 when somebody has changed it since',
  });

/**
 * The version that an `if-match` header asks for.
 *
 * @returns null without the header, and for `*`: any version will do
 * @throws Fault `input/invalid` when it is no version
 */
export function versionOf(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  const [, digits] = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim()) ?? [];
  if (digits !== undefined) return Number(digits);
  const message = 'The If-Match header must be the ETag of the answer that was read';
  throw invalidInput([{ path: [], code: 'if_match', message }]);
}

/** The `etag` of a version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}
