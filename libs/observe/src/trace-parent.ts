const HEADER = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/**
 * The trace that a caller's request belongs to, from its `traceparent`.
 *
 * @returns 32 hexadecimal digits; undefined when there is none, or it is not valid: it is ignored then, as the standard asks
 * @see https://www.w3.org/TR/trace-context/#traceparent-header (read 2026-11-21)
 */
export function traceIdFrom(header: string | readonly string[] | undefined): string | undefined {
  const [, version, traceId, parentId, more] =
    typeof header === 'string' && header.length <= 256 ? (HEADER.exec(header) ?? []) : [];
  if (version === undefined || traceId === undefined || parentId === undefined) return undefined;
  // Version 00 ends with the flags; later ones may say more. ff, and ids of zeros, are never valid.
  const isWrong = version === 'ff' || (version === '00' && more !== undefined);
  return isWrong || /^0+$/.test(traceId) || /^0+$/.test(parentId) ? undefined : traceId;
}
