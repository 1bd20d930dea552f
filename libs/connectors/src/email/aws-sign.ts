import { createHash, createHmac } from 'node:crypto';

export interface AwsRequest {
  url: string;
  body: string;
  region: string;
  service: string;
  keyId: string;
  secret: string;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * The headers of a signed POST to Amazon.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html (Signature Version 4, read 2026-11-21)
 */
export function signAws({
  url,
  body,
  region,
  service,
  keyId,
  secret,
  now,
}: AwsRequest): Record<string, string> {
  const { host, pathname } = new URL(url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const hash = sha256(body);
  const canonical = [
    'POST',
    pathname,
    '',
    `content-type:application/json`,
    `host:${host}`,
    `x-amz-date:${time}`,
    '',
    'content-type;host;x-amz-date',
    hash,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (made, step) => mac(made, step),
    Buffer.from(`AWS4${secret}`),
  );
  const signature = mac(key, toSign).toString('hex');
  return {
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`,
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const mac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
