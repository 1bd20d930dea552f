import { describe, expect, it } from 'vitest';
import { readIdentity } from './identity.js';

const jwt = (payload: object): string => {
  const signs = String.fromCharCode(...new TextEncoder().encode(JSON.stringify(payload)));
  return `e30.${btoa(signs).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.c2ln`;
};

describe('who a page says that the visitor is', () => {
  it('is read from a token, signs of every script included', () => {
    const token = jwt({ sub: 'Zoë-✓-1' });
    expect(readIdentity({ token })).toEqual({ person: 'Zoë-✓-1', identity: { token } });
  });

  it('is read from an id with its hash, under both names', () => {
    const identity = { external_id: 'ada', hash: 'ff' };
    expect(readIdentity({ id: 'ada', hash: 'ff', email: 'x' })).toEqual({ person: 'ada', identity });
    expect(readIdentity(identity)).toEqual({ person: 'ada', identity });
  });

  it.each([
    undefined,
    null,
    'ada',
    {},
    { id: 'ada' },
    { hash: 'ff' },
    { token: 'a.b.c' },
    { token: jwt({}) },
  ])('is nobody: %j', (who) => expect(readIdentity(who)).toBeNull());
});
