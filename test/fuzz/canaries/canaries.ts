import * as fc from 'fast-check';

/** A made-up secret among what gives it away. */
export interface Canary {
  readonly kind: string;
  /** What nobody may find again: random characters only. */
  readonly secret: string;
  readonly lines: readonly string[];
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const ALNUM = LOWER + UPPER + DIGITS;
const HEX = `${DIGITS}abcdef`;
const BASE64 = `${ALNUM}+/`;
/** What people put into passwords, and what ends a value for those who read it carelessly. */
const PASSWORD = `${ALNUM}%?}|.-!#^*=~`;

function isMixed(text: string): boolean {
  return text.replace(/\D/g, '').length >= 2 && text.replace(/[^A-Za-z]/g, '').length >= 4 && new Set(text).size >= 7;
}

/** So many random characters with letters and digits among them, of both cases where the alphabet has both. */
function random(length: number, alphabet = ALNUM): fc.Arbitrary<string> {
  const hasCases = alphabet.includes('a') && alphabet.includes('A');
  return characters(length, alphabet).filter(
    (text) => isMixed(text) && (!hasCases || (/[a-z].*[a-z]/.test(text) && /[A-Z].*[A-Z]/.test(text))),
  );
}

/** So many characters as chance has them. */
function characters(length: number, alphabet: string): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((chars) => chars.join(''));
}

/** Begins and ends in a letter or digit, as a password that somebody typed. */
const password = fc
  .tuple(characters(5, ALNUM), characters(6, PASSWORD), characters(3, ALNUM))
  .map((parts) => parts.join(''))
  .filter((text) => isMixed(text.replace(/[^A-Za-z0-9]/g, 'x')) && !/\*{3}|\.{3}/.test(text));

type Shape = readonly [kind: string, secret: fc.Arbitrary<string>, lines: (secret: string) => readonly string[]];
const line = (kind: string, secret: fc.Arbitrary<string>, text: (secret: string) => string): Shape => [
  kind,
  secret,
  (value) => [text(value)],
];

/** In two halves, so that no scanner takes this file for a leak. */
const PREFIXES: readonly (readonly [string, string, number, string?])[] = [
  ['gh', 'p_', 36],
  ['gh', 's_', 36],
  ['github_', 'pat_', 60],
  ['glp', 'at-', 24],
  ['AKI', 'A', 16, UPPER + DIGITS],
  ['xox', 'b-', 40],
  ['sk_', 'live_', 28],
  ['np', 'm_', 36],
  ['AI', 'za', 35],
  ['sk-', 'ant-api03-', 70],
  ['sk-', 'proj-', 48],
  ['h', 'f_', 34],
  ['dop', '_v1_', 64, HEX],
  ['shp', 'at_', 32, HEX],
  ['hv', 's.', 40],
  ['dckr', '_pat_', 27],
  // Providers that nobody has heard of.
  ['acme_', 'live_', 32],
  ['zk', 'x-', 40],
  ['quux_', 'sk_', 36],
];

const WORDS = [
  'password',
  'passwd',
  'DB_PASSWORD',
  'пароль',
  '密码',
  'パスワード',
  '비밀번호',
  'contraseña',
  'hasło',
  'Passwort',
  'senha',
  'şifre',
  'mot de passe',
  'wachtwoord',
  'lösenord',
  'heslo',
  'كلمة المرور',
  'jelszó',
  'mật khẩu',
];

const SHAPES: readonly Shape[] = [
  ...PREFIXES.map(([first, second, length, alphabet]) =>
    line('token', random(length, alphabet), (secret) => `using ${first}${second}${secret} for this`),
  ),
  ...WORDS.flatMap((word) => [
    line('password', password, (secret) => `${word}=${secret}`),
    line('password', password, (secret) => `"${word}": "${secret}"`),
  ]),
  ['block', password, (secret) => ['db:', '  password: |', `    ${secret}`, '  host: db.example.com']],
  ['next line', password, (secret) => ['The password is:', secret]],
  ['list', password, (secret) => ['passwords:', `  - ${secret}`, 'host: db.example.com']],
  ['listed', password, (secret) => ['- name: DB_PASSWORD', `  value: ${secret}`]],
  [
    'wrapped',
    random(40),
    (secret) => [`export TOKEN=${['gh', 'p_'].join('')}${secret.slice(0, 26)}`, secret.slice(26)],
  ],
  ['wrapped', random(36), (secret) => [`using ${['gh', 'p_'].join('')}${secret.slice(0, 9)}`, secret.slice(9)]],
  [
    'key without its head',
    random(160, BASE64),
    (secret) => [secret.slice(0, 64), secret.slice(64, 128), secret.slice(128), `-----END RSA ${'PRIVATE'} KEY-----`],
  ],
  [
    'key',
    random(150, BASE64),
    (secret) => [
      `-----BEGIN ${'PRIVATE'} KEY-----`,
      secret.slice(0, 64),
      secret.slice(64, 128),
      secret.slice(128),
      `-----END ${'PRIVATE'} KEY-----`,
    ],
  ],
  line('client', password, (secret) => `mysql -h db -u shop -p${secret} shop`),
  line('client', random(20), (secret) => `sshpass -p ${secret} ssh shop@example.com`),
  line('client', random(20), (secret) => `redis-cli -h cache -a ${secret} ping`),
  line('sql', random(20), (secret) => `ALTER USER shop IDENTIFIED BY '${secret}';`),
  line('address', random(20), (secret) => `postgres://shop:${secret}@db.example.com:5432/shop`),
  line('header', random(40), (secret) => `Authorization: Bearer ${secret}`),
  line('header', random(32, HEX), (secret) => `X-Acme-Token: ${secret}`),
  line('url path', random(32), (secret) => `POST https://api.example.com/v1/${secret}/send`),
  line('url path', random(32, HEX), (secret) => `POST https://api.example.com/hooks/${secret}`),
  line('query', random(32), (secret) => `GET /callback?state=1&code=${secret}&x=1`),
  line('array', random(28), (secret) => `tokens = ["${secret}", "other"]`),
  line('call', random(28), (secret) => `client.setToken("${secret}")`),
  line('call', password, (secret) => `connect.setPassword('${secret}')`),
  line('vendor', random(32, HEX), (secret) => `honeycomb: ${secret}`),
  line('vendor', random(32, HEX), (secret) => `{"acme":"${secret}"}`),
  line('bare', random(40), (secret) => `called with ${secret} twice`),
  line('assigned', random(24), (secret) => `client_secret = "${secret}"`),
  line('assigned', random(32), (secret) => `deploy --token ${secret} --yes`),
  line('spoken', random(16), (secret) => `the password for admin is ${secret}`),
  line('element', random(24), (secret) => `<apiToken>${secret}</apiToken>`),
];

export const canary: fc.Arbitrary<Canary> = fc
  .constantFrom(...SHAPES)
  .chain(([kind, secret, lines]) => secret.map((value) => ({ kind, secret: value, lines: lines(value) })));

/** Those that fit into a name: titles, branches, jobs. */
export const shortCanary = canary.filter(({ lines, secret }) => lines.length === 1 && secret.length <= 48);

const ESC = String.fromCharCode(27);

function split(text: string, secret: string): string {
  const middle = secret.slice(0, Math.max(4, Math.floor(secret.length / 3)));
  return text.replace(middle, () => `${middle}${ESC}[1;31m`);
}

/** How a log may carry them. */
export const FORMS: Readonly<Record<string, (canary: Canary) => readonly string[]>> = {
  plain: ({ lines }) => lines,
  'split by colours': ({ lines, secret }) => lines.map((text) => split(text, secret)),
  'with times': ({ lines }) => lines.map((text, index) => `[12:34:${50 + index}] ${text}`),
  'in UTF-16': ({ lines }) => lines.map((text) => [...text].join('\0')),
  'in Base64': ({ lines }) => [`data: ${Buffer.from(lines.join('\n')).toString('base64')}`],
  'URL-encoded': ({ lines }) => [`body=${encodeURIComponent(lines.join('\n'))}`],
  'in JSON': ({ lines }) => [JSON.stringify({ level: 'error', message: lines.join('\n') })],
};
