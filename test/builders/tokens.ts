import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** A user pool as tokens know it, with the key that signs them. */
export interface TokenPool {
  readonly issuer: string;
  readonly clientId: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As the pool publishes it. */
  readonly keySet: { readonly keys: readonly object[] };
  /** Of a token beside issuer, audience and times; those of somebody who signed in when left out. */
  readonly claims?: JsonClaims;
}

export type JsonClaims = Readonly<Record<string, unknown>>;

export function aTokenPool(): TokenPool {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return {
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
    clientId: '1example23456789',
    kid,
    privateKey,
    publicKey,
    keySet: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] },
  };
}

/** What `authenticate` needs beside people and keys, where no workflow calls. */
export const NO_WORKFLOWS = {
  workflowTokens: {
    issuer: 'https://token.actions.example.com',
    verify: () => Promise.reject(new Error('No token of a workflow is expected.')),
  },
  repositories: [],
};

const seconds = (): number => Math.floor(Date.now() / 1000);

/** GitHub Actions as the issuer of a run's tokens, for one audience. */
export const aWorkflowIssuer = (): TokenPool => ({
  ...aTokenPool(),
  issuer: 'https://token.actions.example.com',
  clientId: 'https://api.example.com',
  claims: {
    sub: 'repo:acme/shop:ref:refs/heads/main',
    repository: 'acme/shop',
    repository_owner: 'acme',
    repository_id: '900',
    event_name: 'push',
    ref: 'refs/heads/main',
    run_id: '41',
  },
});

/** Of somebody who signed in at the pool. */
const SIGNED_IN: JsonClaims = {
  sub: 'b1a5c0de-0000-4000-8000-000000000001',
  token_use: 'id',
  'cognito:username': 'b1a5c0de-0000-4000-8000-000000000001',
  'cognito:groups': ['admin'],
  email: 'Ops@Example.com',
  email_verified: true,
};

/** What the pool writes into a token. */
const claimsOf = ({ issuer, clientId, claims = SIGNED_IN }: TokenPool, change: JsonClaims = {}): JsonClaims => ({
  ...claims,
  iss: issuer,
  aud: clientId,
  auth_time: seconds(),
  iat: seconds(),
  exp: seconds() + 900,
  jti: 'c2a5c0de-0000-4000-8000-000000000002',
  ...change,
});

const encoded = (part: unknown): string =>
  Buffer.from(typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part)).toString(
    'base64url',
  );
const textOf = (part: unknown) => JSON.stringify(part);

/** A token whose parts are given as values, or as text or bytes where they are no JSON. */
function tokenOf(header: unknown, payload: unknown, key: KeyObject, hash = 'sha256'): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${sign(key.asymmetricKeyType === 'ed25519' ? null : hash, Buffer.from(input), key).toString('base64url')}`;
}

/** A token as the pool issues it. */
export function idToken(pool: TokenPool, claims: JsonClaims = {}, header: JsonClaims = {}): string {
  return tokenOf({ kid: pool.kid, alg: 'RS256', ...header }, claimsOf(pool, claims), pool.privateKey);
}

/**
 * Tokens that nobody may be let in with, by what is wrong with them. Many are signed with the pool's own key, which no attacker has: each check has
 * to hold by itself.
 */
export function forgedTokens(pool: TokenPool): Readonly<Record<string, string>> {
  const genuine = idToken(pool);
  return {
    ...withOtherAlgorithms(pool, genuine),
    ...withOtherKeys(pool),
    ...withOtherKeyIds(pool),
    ...withOtherClaims(pool),
    ...withOtherForm(pool, genuine),
    ...tampered(genuine),
  };
}

function withOtherAlgorithms(pool: TokenPool, genuine: string): Record<string, string> {
  const { kid, privateKey, publicKey } = pool;
  const claims = claimsOf(pool);
  const spki = publicKey.export({ type: 'spki', format: 'pem' });
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'pem' });
  const { n = '' } = publicKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const ed = generateKeyPairSync('ed25519').privateKey;
  const unsigned = (alg: unknown) => `${encoded({ kid, alg })}.${encoded(claims)}.`;
  const hmac = (alg: string, secret: string | Buffer) => {
    const input = `${encoded({ kid, alg })}.${encoded(claims)}`;
    return `${input}.${createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')}`;
  };
  const rsa = (alg: unknown, hash = 'sha256') => tokenOf({ kid, alg }, claims, privateKey, hash);
  const pss = () => {
    const input = `${encoded({ kid, alg: 'PS256' })}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, padding: 6, saltLength: 32 });
    return `${input}.${signature.toString('base64url')}`;
  };
  return {
    'algorithm none, no signature': unsigned('none'),
    'algorithm None': unsigned('None'),
    'algorithm nOnE': unsigned('nOnE'),
    'algorithm NONE': unsigned('NONE'),
    'algorithm none with the signature of a genuine token': `${unsigned('none')}${genuine.split('.')[2]}`,
    'algorithm none with a signature by the pool': rsa('none'),
    'algorithm RS256 without a signature': unsigned('RS256'),
    'an empty algorithm': rsa(''),
    'no algorithm': tokenOf({ kid }, claims, privateKey),
    'algorithm null': rsa(null),
    'a number as algorithm': rsa(256),
    'a list of algorithms': rsa(['RS256']),
    'HS256 with the public key in PEM': hmac('HS256', spki),
    'HS256 with the public key in PEM without its last line feed': hmac('HS256', spki.toString().trim()),
    'HS256 with the public key in PKCS 1': hmac('HS256', pkcs1),
    'HS256 with the public key in DER': hmac('HS256', publicKey.export({ type: 'spki', format: 'der' })),
    'HS256 with the modulus of the public key': hmac('HS256', Buffer.from(n, 'base64url')),
    'HS256 with the key set': hmac('HS256', textOf(pool.keySet)),
    'HS256 with an empty secret': hmac('HS256', ''),
    'HS384 with the public key in PEM': hmac('HS384', spki),
    'HS512 with the public key in PEM': hmac('HS512', spki),
    'RS384 by the pool': rsa('RS384', 'sha384'),
    'RS512 by the pool': rsa('RS512', 'sha512'),
    'PS256 by the pool': pss(),
    'RS256 in lower case': rsa('rs256'),
    'RS256 said, SHA-512 signed': rsa('RS256', 'sha512'),
    'ES256 by another key': tokenOf({ kid, alg: 'ES256' }, claims, ec),
    'EdDSA by another key': tokenOf({ kid, alg: 'EdDSA' }, claims, ed),
    'RS256 said, signed with a key of an elliptic curve': tokenOf({ kid, alg: 'RS256' }, claims, ec),
  };
}

function withOtherKeys(pool: TokenPool): Record<string, string> {
  const { kid } = pool;
  const claims = claimsOf(pool);
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const jwk = { ...other.publicKey.export({ format: 'jwk' }), kid: 'other', alg: 'RS256', use: 'sig' };
  const by = (header: object, key = other.privateKey) => tokenOf({ alg: 'RS256', kid, ...header }, claims, key);
  const address = 'https://keys.example.com/jwks.json';
  return {
    'another key under the id of the pool': by({}),
    'another key under its own id': by({ kid: 'other' }),
    'another, shorter key': by({}, small),
    'another key, brought along as jwk': by({ jwk }),
    'another key, brought along as jwk under its own id': by({ kid: 'other', jwk }),
    'another key at jku': by({ jku: address }),
    'another key at jku under its own id': by({ kid: 'other', jku: address }),
    'another key at x5u': by({ x5u: address }),
    'another key in x5c': by({ x5c: [other.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
    'another key with the thumbprint x5t': by({ x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' }),
    'the key of the pool, with jwk beside it': by({ jwk }, pool.privateKey),
    'the key of the pool, with jku beside it': by({ jku: address }, pool.privateKey),
    'the key of the pool, with x5u beside it': by({ x5u: address }, pool.privateKey),
    'an extension that has to be understood': by({ crit: ['exp'], exp: 1 }, pool.privateKey),
    'a payload that is not encoded': by({ b64: false, crit: ['b64'] }, pool.privateKey),
    'a payload that is said to be compressed': by({ zip: 'DEF' }, pool.privateKey),
    'the type of an access token': by({ typ: 'at+jwt' }, pool.privateKey),
  };
}

function withOtherKeyIds(pool: TokenPool): Record<string, string> {
  const by = (kid: unknown) => tokenOf({ alg: 'RS256', kid }, claimsOf(pool), pool.privateKey);
  return {
    'no key id': tokenOf({ alg: 'RS256' }, claimsOf(pool), pool.privateKey),
    'an empty key id': by(''),
    'an unknown key id': by(randomUUID()),
    'key id null': by(null),
    'a number as key id': by(0),
    'a list of key ids': by([pool.kid]),
    'a path as key id': by('../../../../dev/null'),
    'an address as key id': by('https://keys.example.com/jwks.json'),
    'SQL as key id': by("x' UNION SELECT 'secret' --"),
    'a shell command as key id': by('$(id)|id'),
    'key id __proto__': by('__proto__'),
    'key id constructor': by('constructor'),
    'the key id in upper case': by(pool.kid.toUpperCase()),
    'the key id with a blank behind it': by(`${pool.kid} `),
    'the key id with a NUL behind it': by(`${pool.kid}\0`),
    'a key id of 5,000 characters': by('k'.repeat(5_000)),
  };
}

function withOtherClaims(pool: TokenPool): Record<string, string> {
  const { issuer, clientId, kid, privateKey } = pool;
  const now = seconds();
  const by = (change: JsonClaims) => idToken(pool, change);
  const without = (claim: string) => {
    const { [claim]: _, ...rest } = claimsOf(pool);
    return tokenOf({ kid, alg: 'RS256' }, rest, privateKey);
  };
  /** The claims as text, with more of them at the end, of which the last one of a name counts (RFC 7519, 4). */
  const doubled = (more: string) =>
    tokenOf({ kid, alg: 'RS256' }, textOf(claimsOf(pool)).replace(/\}$/, `,${more}}`), privateKey);
  return {
    'the issuer of another pool': by({ iss: `${issuer}x` }),
    'the issuer of another region': by({ iss: issuer.replace('eu-west-1.', 'us-east-1.') }),
    'the issuer with a slash at its end': by({ iss: `${issuer}/` }),
    'the issuer without TLS': by({ iss: issuer.replace('https', 'http') }),
    'the issuer below another host': by({ iss: issuer.replace('.com', '.com.example.com') }),
    'a list of issuers': by({ iss: [issuer] }),
    'no issuer': without('iss'),
    'another client': by({ aud: '9other98765' }),
    'a part of the client': by({ aud: clientId.slice(0, -1) }),
    'a list of clients': by({ aud: ['9other98765', clientId] }),
    'an empty audience': by({ aud: '' }),
    'no audience': without('aud'),
    'client_id in place of the audience': by({ aud: undefined, client_id: clientId }),
    'an access token': by({ aud: undefined, client_id: clientId, token_use: 'access', scope: 'openid' }),
    'an access token with the audience of an ID token': by({ token_use: 'access' }),
    'a refresh token': by({ token_use: 'refresh' }),
    'no use': without('token_use'),
    'a use in upper case': by({ token_use: 'ID' }),
    'a list of uses': by({ token_use: ['id'] }),
    'expired an hour ago': by({ exp: now - 3600 }),
    'expired a second ago': by({ exp: now - 1 }),
    'expired in 1969': by({ exp: -1 }),
    'no expiry': without('exp'),
    'expiry null': by({ exp: null }),
    'a text as expiry': by({ exp: String(now + 900) }),
    'an endless expiry': doubled('"exp":1e999'),
    'not valid before an hour has passed': by({ nbf: now + 3600 }),
    'a text as not before': by({ nbf: String(now) }),
    'issued in an hour': by({ iat: now + 3600, exp: now + 7200 }),
    'no time of issue': without('iat'),
    'no subject': without('sub'),
    'an empty subject': by({ sub: '' }),
    'a number as subject': by({ sub: 1 }),
    'no user name': by({ 'cognito:username': undefined, sub: undefined }),
    'two audiences, the last another client': doubled('"aud":"9other98765"'),
    'two uses, the last access': doubled('"token_use":"access"'),
    'two expiries, the last over': doubled('"exp":1'),
    'two issuers, the last another': doubled('"iss":"https://example.com"'),
  };
}

function withOtherForm(pool: TokenPool, genuine: string): Record<string, string> {
  const { kid, privateKey } = pool;
  const header = { kid, alg: 'RS256' };
  const [first = '', second = '', third = ''] = genuine.split('.');
  return {
    'nothing signed but the word null': tokenOf(header, 'null', privateKey),
    'a list as payload': tokenOf(header, [claimsOf(pool)], privateKey),
    'a text as payload': tokenOf(header, '"admin"', privateKey),
    'a number as payload': tokenOf(header, '1', privateKey),
    'a payload that is no JSON': tokenOf(header, '{"sub":', privateKey),
    'a payload behind a byte order mark': tokenOf(header, `\uFEFF${textOf(claimsOf(pool))}`, privateKey),
    'a payload of bytes that are no UTF-8': tokenOf(header, new Uint8Array([0xff, 0xfe, 0x7b]), privateKey),
    'a list as header': tokenOf([header], claimsOf(pool), privateKey),
    'a header that is no JSON': tokenOf('{alg:RS256}', claimsOf(pool), privateKey),
    'a payload of 9,000 characters': idToken(pool, { padding: 'x'.repeat(9_000) }),
    'a million characters': `${first}.${second}${'A'.repeat(1_000_000)}.${third}`,
    'one segment': first,
    'two segments': `${first}.${second}`,
    'four segments': `${genuine}.${third}`,
    'five segments': `${first}.${second}.${third}.${second}.${third}`,
    'dots alone': '..',
    'a dot before it': `.${genuine}`,
    'a dot behind it': `${genuine}.`,
    'an empty payload': `${first}..${third}`,
    'padding behind the signature': `${genuine}==`,
    'another spelling of the last character': `${genuine.slice(0, -1)}${sameBits(genuine.at(-1) ?? '')}`,
    'the alphabet of plain base64': `${first}.${second}.${'+/'.repeat(third.length / 2)}`,
    'a JSON serialization': textOf({ payload: second, protected: first, signature: third }),
    'two tokens with a comma': `${genuine},${genuine}`,
    'letters of another alphabet': `${genuine.slice(0, -3)}ааа`,
    'full-width letters': genuine.replace(/^e/, 'ｅ'),
    'an umlaut in the signature': `${genuine}ü`,
    'a NUL in it': `${first}.\0${second}.${third}`,
    'a line feed behind it': `${genuine}\n`,
    'a blank in it': `${first}. ${second}.${third}`,
  };
}

/** Another character of the alphabet that differs only in bits that no byte uses: 256 bytes leave four of them. */
function sameBits(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) ^ 1] ?? '';
}

/** Made of a genuine token alone, without any key of the pool. */
export function tampered(genuine: string): Record<string, string> {
  const [first = '', second = '', third = ''] = genuine.split('.');
  const claims = JSON.parse(Buffer.from(second, 'base64url').toString()) as JsonClaims;
  const header = JSON.parse(Buffer.from(first, 'base64url').toString()) as JsonClaims;
  const signature = Buffer.from(third, 'base64url');
  const flipped = Buffer.from(signature.map((byte, at) => (at === 100 ? byte ^ 1 : byte)));
  const claiming = (change: JsonClaims) => `${first}.${encoded({ ...claims, ...change })}.${third}`;
  const signedWith = (bytes: Uint8Array) => `${first}.${second}.${Buffer.from(bytes).toString('base64url')}`;
  return {
    'a group more than was signed': claiming({ 'cognito:groups': ['viewer', 'operator', 'approver', 'admin'] }),
    'another subject than was signed': claiming({ sub: 'b1a5c0de-0000-4000-8000-000000000009' }),
    'a later expiry than was signed': claiming({ exp: Number(claims.exp) + 1 }),
    'claims written twice behind what was signed': `${first}.${encoded(textOf(claims).replace(/\}$/, ',"cognito:groups":["admin"]}'))}.${third}`,
    'groups by the prototype': claiming({ toString: 1, ...JSON.parse('{"__proto__":{"cognito:groups":["admin"]}}') }),
    'another header than was signed': `${encoded({ ...header, typ: 'JWT' })}.${second}.${third}`,
    'algorithm none put before what was signed': `${encoded({ ...header, alg: 'none' })}.${second}.${third}`,
    'algorithm none and no signature': `${encoded({ ...header, alg: 'none' })}.${second}.`,
    'one bit of the signature flipped': signedWith(flipped),
    'half of the signature': signedWith(signature.subarray(0, 128)),
    'a byte behind the signature': signedWith(Buffer.concat([signature, Buffer.from([0])])),
    'a signature of zeros': signedWith(new Uint8Array(signature.length)),
    'no signature': `${first}.${second}.`,
    'the signature cut off with its dot': `${first}.${second}`,
    'the last four characters cut off': genuine.slice(0, -4),
    'its first character cut off': genuine.slice(1),
    'header and payload exchanged': `${second}.${first}.${third}`,
    'the payload as signature': `${first}.${second}.${second}`,
  };
}
