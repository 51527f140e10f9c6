import { describe, expect, it } from 'vitest';
import { checkPassword, codeOf, isCodeOf, makeChallenges } from '../../src/identity/challenges.ts';

/** "12345678901234567890" in Base32, of the test vectors of RFC 6238. */
const SECRET = 'GEZDGNBVGY3TQOJQ'.repeat(2);

describe('codes of an authenticator', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %s seconds is the one of RFC 6238', (seconds, code) => {
    expect(codeOf(SECRET, seconds * 1000)).toBe(code);
    for (const skew of [-30, 0, 30]) expect(isCodeOf(SECRET, code, (seconds + skew) * 1000)).toBe(true);
    for (const skew of [-90, 90]) expect(isCodeOf(SECRET, code, (seconds + skew) * 1000)).toBe(false);
  });
});

describe('challenges', () => {
  it('are answered in their session, by name, once, within three minutes', () => {
    let now = 0;
    const challenges = makeChallenges<string>(() => now);
    const { Session: session, ChallengeName: name } = challenges.ask('SOFTWARE_TOKEN_MFA', 'ada');
    expect(challenges.open(session, name)).toBe('ada');
    expect(() => challenges.open(session, 'NEW_PASSWORD_REQUIRED')).toThrow('Invalid session');
    expect(() => challenges.open('guessed', name)).toThrow('Invalid session');
    now = 179_999;
    expect(challenges.open(session, name)).toBe('ada');
    now = 180_000;
    expect(() => challenges.open(session, name)).toThrow('session is expired');
    const another = challenges.ask(name, 'eve');
    challenges.close(another.Session);
    expect(() => challenges.open(another.Session, name)).toThrow('Invalid session');
  });
});

describe('a new password', () => {
  const pool = {
    Policies: {
      PasswordPolicy: {
        MinimumLength: 14,
        RequireLowercase: true,
        RequireUppercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
      },
    },
  };
  it.each([
    ['Short-1', 'not long enough'],
    ['LETTERS-AND-1234', 'lowercase'],
    ['letters-and-1234', 'uppercase'],
    ['Letters-And-Words', 'numeric'],
    ['LettersAnd123456', 'symbol'],
  ])('%s does not fit: %s', (password, reason) => {
    expect(() => checkPassword(pool, password)).toThrow(reason);
  });

  it('fits the policy of its pool, or that of Cognito', () => {
    expect(() => checkPassword(pool, 'Letters-And-1234')).not.toThrow();
    expect(() => checkPassword({}, 'eight888')).not.toThrow();
    expect(() => checkPassword({}, 'seven77')).toThrow('not long enough');
  });
});
