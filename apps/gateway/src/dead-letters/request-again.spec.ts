import { describe, expect, it } from 'vitest';
import { requestAgain } from './request-again.js';

describe('a stored request', () => {
  it.each([
    ['{"a":1}', 'application/json'],
    ['\n [1]', 'application/json'],
    ['From=%2B49&Body=x', 'application/x-www-form-urlencoded'],
    ['--xYzZY\r\nContent-Disposition: form-data', 'multipart/form-data; boundary="xYzZY"'],
    ['', 'application/x-www-form-urlencoded'],
  ])('shows by its bytes what it is: %j', (body, type) => {
    const request = requestAgain(Buffer.from(body), 5);
    expect(request).toMatchObject({ method: 'POST', receivedAt: 5, headers: { 'content-type': type } });
  });
});
