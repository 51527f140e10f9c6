import { createHmac, randomBytes } from 'node:crypto';
import { type JsonObject, numberOf, objectOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';

/** Cognito's own. */
const SESSION_MILLISECONDS = 180_000;
const STEP_SECONDS = 30;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Sign-ins that wait for the answer to a challenge, each for three minutes. */
export function makeChallenges<T>(now: () => number = Date.now) {
  const open = new Map<string, { readonly name: string; readonly about: T; readonly until: number }>();
  return {
    /** The answer of `InitiateAuth` and `RespondToAuthChallenge` that asks for more. */
    ask(name: string, about: T): { ChallengeName: string; Session: string; ChallengeParameters: object } {
      for (const [session, { until }] of open) if (until <= now()) open.delete(session);
      const session = randomBytes(48).toString('base64url');
      open.set(session, { name, about, until: now() + SESSION_MILLISECONDS });
      return { ChallengeName: name, Session: session, ChallengeParameters: {} };
    },
    /** What a session is about. A session is answered rightly once: `close` ends it. Throws `AwsFault` for any other. */
    open(session: string, name: string): T {
      const found = open.get(session);
      if (found === undefined || found.name !== name || found.until <= now()) {
        throw new AwsFault('NotAuthorizedException', 'Invalid session for the user, session is expired.');
      }
      return found.about;
    },
    close: (session: string): void => void open.delete(session),
  };
}

/** Whether this is the code of an authenticator now, or in the step before or after (RFC 6238: SHA-1, six digits, 30 seconds). */
export function isCodeOf(secret: string, code: string, now: number = Date.now()): boolean {
  const step = Math.floor(now / 1000 / STEP_SECONDS);
  return [step - 1, step, step + 1].some((each) => codeAt(secret, each) === code);
}

/** The code of an authenticator with this secret (Base32) at a time in milliseconds. */
export const codeOf = (secret: string, now: number = Date.now()): string =>
  codeAt(secret, Math.floor(now / 1000 / STEP_SECONDS));

function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function bytesOf(base32: string): Buffer {
  const bits = [...base32.toUpperCase().replaceAll('=', '')].map((letter) =>
    BASE32.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** Throws `AwsFault` when a password does not fit the policy of its pool. */
export function checkPassword(pool: JsonObject, password: string): void {
  const policy = objectOf(objectOf(pool.Policies).PasswordPolicy);
  const rules: [boolean, string][] = [
    [password.length >= (numberOf(policy.MinimumLength) ?? 8), 'Password not long enough'],
    [policy.RequireLowercase !== true || /[a-z]/.test(password), 'Password must have lowercase characters'],
    [policy.RequireUppercase !== true || /[A-Z]/.test(password), 'Password must have uppercase characters'],
    [policy.RequireNumbers !== true || /[0-9]/.test(password), 'Password must have numeric characters'],
    [policy.RequireSymbols !== true || /[^A-Za-z0-9]/.test(password), 'Password must have symbol characters'],
  ];
  const broken = rules.find(([holds]) => !holds);
  if (broken !== undefined) {
    throw new AwsFault('InvalidPasswordException', `Password did not conform with policy: ${broken[1]}`);
  }
}
