/** A secret as its kind prescribes it, and what of it must not remain in a log. */
export interface MadeSecret {
  readonly text: string;
  /** The parts that give it away; the whole text when absent. */
  readonly parts?: readonly string[];
}

/** A kind of secret that no rule was written for: its shape is common, its vendor invented. */
export interface SecretKind {
  readonly id: string;
  /** Names under which it appears, as words; a notation joins them in its own style. */
  readonly names: readonly string[];
  make(random: () => number): MadeSecret;
  /** Random enough to be recognized without a name. */
  readonly isRandom?: true;
  /** What people choose, not programs: also appears where logins are written. */
  readonly isPassword?: true;
}

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const HEX = '0123456789abcdef';
const ALNUM = UPPER + LOWER + DIGITS;
const BASE64 = `${ALNUM}+/`;
const BASE64URL = `${ALNUM}-_`;
const BASE32 = `${UPPER}234567`;
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const WORDS =
  'anchor basket canyon dragon eleven falcon garden hammer island jungle kettle lemon marble needle orange pepper quartz ribbon saddle timber umbrella velvet walnut yellow zebra bridge candle desert engine forest guitar harbor insect jacket kitten ladder mirror narrow oyster pencil rabbit shadow tunnel valley window'.split(
    ' ',
  );
const VENDORS = ['quantrix', 'zephyrly', 'bluefjord', 'octavine', 'pinwheelio', 'marlowe', 'stackfern', 'tidemark'];

type Random = () => number;

/** One of `items`, drawn with `random`. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('There is nothing to choose from.');
  return item;
}

function drawn(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}

/** A draw that holds a digit and letters of each case of the alphabet, as nearly every real token does. */
function token(random: Random, alphabet: string, length: number): string {
  const text = drawn(random, alphabet, length);
  return /\d/.test(text) && /[A-Za-z]/.test(text) ? text : token(random, alphabet, length);
}

const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => token(random, HEX, length)).join('-');
const words = (random: Random, count: number): string[] => Array.from({ length: count }, () => oneOf(random, WORDS));
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const wrapped = (text: string, width: number): string[] => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

function of(
  id: string,
  names: readonly string[],
  make: (random: Random) => string | MadeSecret,
  more: Pick<SecretKind, 'isRandom' | 'isPassword'> = {},
): SecretKind {
  return {
    id,
    names,
    make(random) {
      const made = make(random);
      return typeof made === 'string' ? { text: made } : made;
    },
    ...more,
  };
}

function armoured(random: Random, label: string, header: readonly string[] = []): MadeSecret {
  const body = wrapped(`MII${drawn(random, BASE64, 61 + 64 * 5 + 20)}==`, 64);
  const lines = [`-----BEGIN ${label}-----`, ...header, ...body, `-----END ${label}-----`];
  return { text: lines.join('\n'), parts: body };
}

function inAddress(random: Random, scheme: string, secret: string, rest: string): MadeSecret {
  return { text: `${scheme}://${oneOf(random, ['shop', 'app', 'svc-orders'])}:${secret}@${rest}`, parts: [secret] };
}

const RANDOM = { isRandom: true } as const;
const PASSWORD = { isPassword: true } as const;

const TOKENS: readonly SecretKind[] = [
  of('hex-32', ['{vendor} api key', 'api key'], (r) => token(r, HEX, 32)),
  of('hex-40', ['{vendor} access token', 'auth token'], (r) => token(r, HEX, 40)),
  of('hex-64', ['{vendor} client secret', 'signing secret'], (r) => token(r, HEX, 64)),
  of('hex-128', ['session secret', 'secret key base'], (r) => token(r, HEX, 128)),
  of('hex-16', ['{vendor} secret key', 'app secret'], (r) => token(r, HEX, 16)),
  of('upper-hex-32', ['{vendor} api secret', 'subscription key'], (r) => token(r, HEX, 32).toUpperCase()),
  of('hex-private-key', ['deployer private key', 'wallet private key'], (r) => `0x${token(r, HEX, 64)}`),
  of('uuid', ['{vendor} api key', 'api token'], uuid),
  of('prefixed-uuid', ['{vendor} token', 'api key'], (r) => `${oneOf(r, ['tk', 'key', 'cred'])}-${uuid(r)}`),
  of('alnum-16', ['{vendor} token', 'api token'], (r) => token(r, ALNUM, 16)),
  of('alnum-20', ['{vendor} access key', 'access key id secret'], (r) => token(r, ALNUM, 20)),
  of('alnum-22', ['{vendor} auth key', 'webhook secret'], (r) => token(r, ALNUM, 22)),
  of('alnum-32', ['{vendor} api key', 'client secret'], (r) => token(r, ALNUM, 32), RANDOM),
  of('alnum-40', ['{vendor} secret access key', 'access token'], (r) => token(r, ALNUM, 40), RANDOM),
  of('alnum-64', ['{vendor} token', 'personal access token'], (r) => token(r, ALNUM, 64), RANDOM),
  of('lower-24', ['{vendor} api key', 'deploy token'], (r) => token(r, LOWER + DIGITS, 24)),
  of('lower-32', ['{vendor} api token', 'api key'], (r) => token(r, LOWER + DIGITS, 32)),
  of('lower-40', ['{vendor} auth token', 'bot token'], (r) => token(r, LOWER + DIGITS, 40)),
  of('upper-20', ['{vendor} access key', 'license key'], (r) => token(r, UPPER + DIGITS, 20)),
  of('upper-32', ['{vendor} key secret', 'master key'], (r) => token(r, UPPER + DIGITS, 32)),
  of('digits-18', ['{vendor} api secret', 'access token'], (r) => drawn(r, DIGITS, 18)),
  of('letters-32', ['{vendor} secret', 'app secret'], (r) => drawn(r, UPPER + LOWER, 32)),
  of('lower-letters-20', ['{vendor} api key', 'smtp secret'], (r) => drawn(r, LOWER, 20)),
  of('base64-24', ['encryption key', '{vendor} shared key'], (r) => `${drawn(r, BASE64, 22)}==`),
  of('base64-44', ['encryption key', 'storage account key'], (r) => `${drawn(r, BASE64, 43)}=`, RANDOM),
  of('base64-88', ['{vendor} shared access key', 'account key'], (r) => `${drawn(r, BASE64, 86)}==`, RANDOM),
  of('base64url-43', ['{vendor} refresh token', 'id token secret'], (r) => drawn(r, BASE64URL, 43), RANDOM),
  of('base64url-86', ['{vendor} api token', 'private token'], (r) => drawn(r, BASE64URL, 86), RANDOM),
  of('fernet-key', ['fernet key', 'cookie secret'], (r) => `${drawn(r, BASE64URL, 43)}=`, RANDOM),
  of('base58-51', ['wallet import key', 'signing key'], (r) => `5${drawn(r, BASE58, 50)}`, RANDOM),
  of('base32-16', ['totp secret', 'mfa secret'], (r) => token(r, BASE32, 16)),
  of('base32-32', ['otp secret', 'two factor secret'], (r) => token(r, BASE32, 32)),
  of(
    'live-prefix',
    ['{vendor} api key', 'secret key'],
    (r) => `${oneOf(r, ['qx', 'zf', 'bfj'])}_live_${token(r, ALNUM, 24)}`,
    RANDOM,
  ),
  of(
    'short-prefix',
    ['{vendor} token', 'access token'],
    (r) => `${oneOf(r, ['qtx', 'sfk', 'tmk'])}_${token(r, ALNUM, 36)}`,
    RANDOM,
  ),
  of(
    'dash-prefix',
    ['{vendor} api token', 'api key'],
    (r) => `${oneOf(r, ['qtrx', 'oct', 'mrl'])}-${token(r, LOWER + DIGITS, 40)}`,
  ),
  of('hex-prefix', ['{vendor} key', 'api token'], (r) => `${oneOf(r, ['sfk', 'pwl'])}_sk_${token(r, HEX, 48)}`),
  of('versioned', ['{vendor} token', 'root token'], (r) => `v1.${token(r, HEX, 40)}`),
  of(
    'three-parts',
    ['{vendor} bot token', 'session token'],
    (r) => [24, 6, 38].map((n) => drawn(r, BASE64URL, n)).join('.'),
    RANDOM,
  ),
  of('id-and-secret', ['{vendor} api credentials', 'api key'], (r) => {
    const secret = token(r, ALNUM, 32);
    return { text: `${drawn(r, DIGITS, 8)}:${secret}`, parts: [secret] };
  }),
  of('pipe-token', ['{vendor} api token', 'access token'], (r) => {
    const secret = token(r, ALNUM, 40);
    return { text: `${drawn(r, DIGITS, 3)}|${secret}`, parts: [secret] };
  }),
  of(
    'tilde-secret',
    ['client secret', '{vendor} secret'],
    (r) => `${token(r, ALNUM, 3)}~${drawn(r, `${ALNUM}_.-`, 36)}`,
    RANDOM,
  ),
  of('macaroon', ['{vendor} api token', 'discharge macaroon'], (r) => `AgE${drawn(r, BASE64URL, 140)}`, RANDOM),
  of(
    'jwt',
    ['{vendor} id token', 'bearer token'],
    (r) =>
      `${base64('{"alg":"HS256","typ":"JWT"}')}.${base64(`{"sub":"${drawn(r, DIGITS, 8)}","iat":17${drawn(r, DIGITS, 8)}}`).replace(/=/g, '')}.${drawn(r, BASE64URL, 43)}`,
    RANDOM,
  ),
  of('license-key', ['license key', '{vendor} licence key'], (r) =>
    Array.from({ length: 5 }, () => token(r, UPPER + DIGITS, 5)).join('-'),
  ),
];

/** Named after their vendor at most, as in `quantrix: ...` and `Key=...`. */
const BARELY_NAMED: readonly SecretKind[] = [
  of('vendor-hex-32', ['{vendor}', '{vendor} key', 'key'], (r) => token(r, HEX, 32)),
  of('vendor-hex-40', ['{vendor}', '{vendor} key', 'key'], (r) => token(r, HEX, 40)),
  of('vendor-hex-64', ['{vendor} key', 'key'], (r) => token(r, HEX, 64)),
  of('vendor-uuid', ['{vendor} key', 'key'], uuid),
  of('vendor-alnum-16', ['{vendor} key', 'key'], (r) => token(r, ALNUM, 16)),
  of('vendor-alnum-24', ['{vendor}', '{vendor} auth', 'key'], (r) => token(r, ALNUM, 24)),
  of('vendor-alnum-40', ['{vendor}', '{vendor} id', 'user'], (r) => token(r, ALNUM, 40), RANDOM),
  of('vendor-lower-32', ['{vendor}', '{vendor} key', 'auth'], (r) => token(r, LOWER + DIGITS, 32)),
  of('vendor-lower-20', ['{vendor}', '{vendor} pat', 'key'], (r) => token(r, LOWER + DIGITS, 20)),
  of('vendor-upper-24', ['{vendor}', '{vendor} key', 'key'], (r) => token(r, UPPER + DIGITS, 24)),
  of('vendor-base64-44', ['{vendor}', '{vendor} signature', 'psk'], (r) => `${drawn(r, BASE64, 43)}=`, RANDOM),
  of('vendor-prefixed', ['{vendor}', 'value', 'key'], (r) => `${oneOf(r, VENDORS)}_${token(r, LOWER + DIGITS, 32)}`),
];

const PASSWORDS: readonly SecretKind[] = [
  of(
    'word-digits',
    ['password', 'db password', '{vendor} password'],
    (r) => `${capital(oneOf(r, WORDS))}${drawn(r, DIGITS, 4)}!`,
    PASSWORD,
  ),
  of(
    'symbols',
    ['admin password', 'passwd', 'pwd'],
    (r) => `${drawn(r, ALNUM, 4)}#${drawn(r, ALNUM, 3)}@${drawn(r, ALNUM, 3)}%${drawn(r, DIGITS, 2)}`,
    PASSWORD,
  ),
  of('plain-letters', ['password', 'root password'], (r) => drawn(r, LOWER, 10), PASSWORD),
  of('passphrase', ['passphrase', 'key passphrase', '{vendor} password'], (r) => words(r, 4).join('-'), PASSWORD),
  of(
    'leetspeak',
    ['smtp password', 'user password'],
    (r) => `${oneOf(r, WORDS).replace(/a/g, '4').replace(/e/g, '3')}${drawn(r, DIGITS, 3)}`,
    PASSWORD,
  ),
  of('generated', ['redis password', 'master password', 'db pass'], (r) => token(r, ALNUM, 14), PASSWORD),
  of('long-generated', ['database password', 'keystore password'], (r) => token(r, ALNUM, 28), PASSWORD),
  of('pin', ['vpn passcode', 'login password'], (r) => drawn(r, DIGITS, 8), PASSWORD),
  of('seed-phrase', ['seed phrase', 'mnemonic', 'recovery phrase'], (r) => {
    const phrase = words(r, 12);
    return { text: phrase.join(' '), parts: [phrase.slice(0, 4).join(' '), phrase.slice(6, 10).join(' ')] };
  }),
];

const CONTAINERS: readonly SecretKind[] = [
  of('rsa-pem', ['private key', 'deploy key'], (r) => armoured(r, `RSA PRIVATE ${'KEY'}`)),
  of('openssh-pem', ['ssh private key', 'ssh key'], (r) => armoured(r, `OPENSSH PRIVATE ${'KEY'}`)),
  of('encrypted-pem', ['tls private key', 'tls key'], (r) => armoured(r, `ENCRYPTED PRIVATE ${'KEY'}`)),
  of('pgp-block', ['gpg private key', 'gpg key'], (r) => armoured(r, `PGP PRIVATE KEY ${'BLOCK'}`, ['', ''])),
  of('age-key', ['sops age key', 'age key'], (r) => `AGE-SECRET-KEY-1${drawn(r, UPPER + DIGITS, 58)}`),
  of('putty-key', ['putty key', 'ppk'], (r) => {
    const body = wrapped(drawn(r, BASE64, 64 * 3), 64);
    const text = [
      'PuTTY-User-Key-File-3: ssh-ed25519',
      'Encryption: none',
      'Private-Lines: 3',
      ...body,
      `Private-MAC: ${token(r, HEX, 64)}`,
    ];
    return { text: text.join('\n'), parts: body };
  }),
  of('jwk', ['signing jwk', 'jwk'], (r) => {
    const d = drawn(r, BASE64URL, 43);
    return { text: `{"kty":"EC","crv":"P-256","x":"${drawn(r, BASE64URL, 43)}","d":"${d}"}`, parts: [d] };
  }),
  of('shadow-hash', ['password hash', 'root password hash'], (r) => {
    const hash = drawn(r, `${ALNUM}./`, 86);
    return { text: `$6$${drawn(r, ALNUM, 16)}$${hash}`, parts: [hash] };
  }),
  of('htpasswd-hash', ['htpasswd', 'basic auth users'], (r) => {
    const hash = drawn(r, `${ALNUM}./`, 22);
    return { text: `admin:$apr1$${drawn(r, ALNUM, 8)}$${hash}`, parts: [hash] };
  }),
  of('argon2-hash', ['password hash', 'user password hash'], (r) => {
    const hash = drawn(r, ALNUM, 43);
    return { text: `$argon2id$v=19$m=65536,t=3,p=4$${drawn(r, ALNUM, 22)}$${hash}`, parts: [hash] };
  }),
  of('postgres-address', ['database url', 'dsn'], (r) =>
    inAddress(r, 'postgresql', drawn(r, ALNUM, 16), 'db.internal:5432/orders'),
  ),
  of('mongo-address', ['mongo uri', 'connection string'], (r) =>
    inAddress(
      r,
      'mongodb+srv',
      `${capital(oneOf(r, WORDS))}${drawn(r, DIGITS, 3)}`,
      'cluster0.mongo.example/orders?retryWrites=true',
    ),
  ),
  of('amqp-address', ['broker url', 'amqp url'], (r) =>
    inAddress(r, 'amqps', drawn(r, `${ALNUM}-_`, 24), 'mq.example.com/vhost'),
  ),
  of('ado-connection', ['connection string', 'sql connection'], (r) => {
    const secret = `${drawn(r, ALNUM, 8)}!${drawn(r, DIGITS, 3)}`;
    return {
      text: `Server=tcp:db.example.com,1433;Database=orders;User ID=app;Password=${secret};Encrypt=True`,
      parts: [secret],
    };
  }),
  of('storage-connection', ['storage connection string', 'connection string'], (r) => {
    const secret = `${drawn(r, BASE64, 86)}==`;
    return {
      text: `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${secret};EndpointSuffix=core.example.net`,
      parts: [secret],
    };
  }),
  of('pg-keywords', ['pg conninfo', 'dsn'], (r) => {
    const secret = drawn(r, ALNUM, 12);
    return { text: `host=db.example.com port=5432 user=app password=${secret} dbname=orders`, parts: [secret] };
  }),
  of('go-mysql-dsn', ['mysql dsn', 'dsn'], (r) => {
    const secret = `${drawn(r, ALNUM, 6)}${drawn(r, DIGITS, 2)}${drawn(r, ALNUM, 6)}`;
    return { text: `app:${secret}@tcp(db.example.com:3306)/orders?parseTime=true`, parts: [secret] };
  }),
  of('sas-address', ['sas url', 'blob url'], (r) => {
    const secret = encodeURIComponent(`${drawn(r, BASE64, 43)}=`);
    return {
      text: `https://orders.blob.example.net/c/f?sv=2023-11-03&sp=r&se=2027-01-01&sig=${secret}`,
      parts: [secret],
    };
  }),
  of('webhook-address', ['webhook url', '{vendor} webhook'], (r) => {
    const secret = token(r, ALNUM, 24);
    return { text: `https://hooks.${oneOf(r, VENDORS)}.example/services/${secret}`, parts: [secret] };
  }),
  of('signed-address', ['download url', 'artifact url'], (r) => {
    const secret = token(r, HEX, 64);
    return { text: `https://files.example.com/a/b.zip?Expires=1790000000&Signature=${secret}`, parts: [secret] };
  }),
  of('otpauth', ['otpauth url', 'totp uri'], (r) => {
    const secret = token(r, BASE32, 32);
    return { text: `otpauth://totp/Shop:app?secret=${secret}&issuer=Shop`, parts: [secret] };
  }),
  of('basic-login', ['registry auth', 'docker auth'], (r) => base64(`shop:${token(r, ALNUM, 18)}`)),
  of('session-cookie', ['session id', 'session cookie'], (r) => token(r, LOWER + DIGITS, 48)),
];

/** All kinds. The vendor names in `names` are replaced when a case is made. */
export const SECRET_KINDS: readonly SecretKind[] = [...TOKENS, ...BARELY_NAMED, ...PASSWORDS, ...CONTAINERS];

/** A name of the kind as words. */
export function nameOf(kind: SecretKind, random: () => number): readonly string[] {
  return oneOf(random, kind.names).replace('{vendor}', oneOf(random, VENDORS)).split(' ');
}

/** Long values of ordinary logs that must stay, with their usual names. */
export const HARMLESS_KINDS: readonly SecretKind[] = [
  of('git-sha', ['commit', 'git sha', 'head sha', 'revision'], (r) => token(r, HEX, 40)),
  of('short-sha', ['commit', 'build revision'], (r) => token(r, HEX, 8)),
  of('sha256', ['digest', 'image digest', 'checksum'], (r) => `sha256:${token(r, HEX, 64)}`),
  of('bare-sha256', ['sha256', 'checksum', 'artifact digest'], (r) => token(r, HEX, 64)),
  of('md5', ['md5', 'etag', 'file hash'], (r) => token(r, HEX, 32)),
  of('request-uuid', ['request id', 'run id', 'correlation id'], uuid),
  of('trace-id', ['trace id', 'span id'], (r) => token(r, HEX, 32)),
  of('integrity', ['integrity', 'package integrity'], (r) => `sha512-${drawn(r, BASE64, 86)}==`),
  of('go-sum', ['go sum', 'module hash'], (r) => `h1:${drawn(r, BASE64, 43)}=`),
  of(
    'image-tag',
    ['image', 'image tag'],
    (r) => `registry.example.com/shop/cart:1.${drawn(r, DIGITS, 2)}.3-${token(r, HEX, 7)}`,
  ),
  of('cache-key', ['cache key', 'restore key'], (r) => `Linux-node-modules-${token(r, HEX, 64)}`),
  of(
    'file-path',
    ['path', 'token file', 'password file', 'secret path'],
    (r) => `/home/runner/work/shop/${oneOf(r, WORDS)}/${oneOf(r, WORDS)}_token.py`,
  ),
  of(
    'class-name',
    ['class', 'token provider', 'secret store class'],
    (r) => `${words(r, 3).map(capital).join('')}TokenProvider2`,
  ),
  of(
    'timestamp',
    ['started at', 'token expiry', 'password changed at'],
    (r) => `2026-11-2${drawn(r, '0123', 1)}T1${drawn(r, DIGITS, 1)}:04:05.678Z`,
  ),
  of('build-number', ['build number', 'job id'], (r) => `1${drawn(r, DIGITS, 10)}`),
  of(
    'version',
    ['version', 'token api version'],
    (r) => `2.${drawn(r, DIGITS, 2)}.${drawn(r, DIGITS, 1)}-beta.${drawn(r, '123456789', 1)}`,
  ),
  of('ssh-fingerprint', ['fingerprint', 'host key fingerprint'], (r) => `SHA256:${drawn(r, BASE64, 43)}`),
  of('public-key', ['public key', 'ssh public key'], (r) => `AAAAC3NzaC1lZDI1NTE5AAAAI${drawn(r, BASE64, 43)}`),
  of('reference', ['db password', 'api token', 'client secret'], (r) => `\${${words(r, 2).join('_').toUpperCase()}}`),
  of('masked', ['db password', 'api token', 'client secret'], () => '***'),
  of('placeholder-word', ['password', 'api token', 'client secret'], (r) =>
    oneOf(r, ['changeme', '<your-token>', 'REDACTED', 'your_api_key_here', 'null', 'undefined']),
  ),
  of('test-name', ['test', 'failing test'], (r) => `test_${words(r, 3).join('_')}_rejects_token_2`),
  of('branch', ['branch', 'ref'], (r) => `refs/heads/feature/${words(r, 3).join('-')}-${drawn(r, DIGITS, 4)}`),
  of('container-id', ['container id', 'container'], (r) => token(r, HEX, 64)),
  of(
    'pod-name',
    ['pod', 'pod name'],
    (r) => `shop-cart-${token(r, 'bcdfghjklmnpqrstvwxz2456789', 10)}-${token(r, 'bcdfghjklmnpqrstvwxz2456789', 5)}`,
  ),
];
