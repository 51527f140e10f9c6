import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRedactor, redact } from '../src/redact.ts';

const mixed = (length: number): string => 'a1B2c3D4e5F6g7H8'.repeat(20).slice(0, length);
const ESC = String.fromCharCode(27);
const hex = (length: number): string => '0a1b2c3d4e5f6789'.repeat(8).slice(0, length);

/** Obviously fake secrets of the providers' shapes, put together here so that no scanner takes this file for a leak. */
const SECRETS: readonly (readonly [kind: string, text: string, secret: string])[] = [
  ['github-token', 'using {}', `ghp_${mixed(36)}`],
  ['github-token', 'token {} given', `github_${'pat'}_${mixed(60)}`],
  ['gitlab-token', 'PRIVATE {}', `glpat-${mixed(20)}`],
  ['aws-access-key', 'id {}', `AKI${'A'}${'ABCDEFGH23456723'}`],
  ['slack-token', 'slack {}', `xox${'b'}-1234567890-${mixed(24)}`],
  ['stripe-key', 'pay with {}', `sk_${'live'}_${mixed(24)}`],
  ['npm-token', 'publish {}', `npm_${mixed(36)}`],
  ['pypi-token', 'upload {}', `pypi-Ag${mixed(80)}`],
  ['google-key', 'maps {}', `AIza${mixed(35)}`],
  ['azure-key', 'AccountName=a;AccountKey={};End', `${mixed(86)}==`],
  ['openai-key', 'model {}', `sk-${'proj'}-${mixed(48)}`],
  ['anthropic-key', 'model {}', `sk-${'ant'}-api03-${mixed(60)}`],
  ['jwt', 'cookie {}', `eyJ${mixed(20)}.eyJ${mixed(30)}.${mixed(43)}`],
  ['url-password', 'postgres://shop:{}@db.example.com:5432/shop', `pa55${'word'}`],
  ['authorization', 'Authorization: Bearer {}', mixed(40)],
  ['assigned-secret', 'DB_PASSWORD={}', `hunter${'2222'}`],
  ['assigned-secret', '"client_secret": "{}"', mixed(32)],
  ['assigned-secret', 'login --token {}', mixed(32)],
  ['assigned-secret', 'req.Header.Set("X-Auth-Token", "{}")', mixed(32)],
  ['assigned-secret', 'the license key is {}', mixed(40)],
  ['assigned-secret', 'api key: {}', hex(32)],
  ['assigned-secret', 'GET https://api.example.com/v1?key={}&page=2', mixed(32)],
  ['assigned-secret', 'AZURE_DEVOPS_EXT_PAT={}', mixed(52)],
  ['assigned-secret', '    Master-Key: {}', hex(96).toUpperCase()],
  ['assigned-secret', 'bindpw={}', `pa55${'word'}`],
  ['assigned-secret', `someservice = '{}'`, mixed(24)],
  ['login-password', 'docker login -u shop -p {} registry.example.com', `pa55${'word'}`],
  ['login-password', 'machine git.example.com login shop password {}', `pa55${'word'}`],
  ['login-password', 'openssl rsa -passin pass:{} -in key.pem', `pa55${'word'}`],
  ['login-password', 'jdbc:oracle:thin:shop/{}@db.example.com:1521/shop', `pa55${'word'}`],
  ['login-password', '"auths":{"registry.example.com":{"auth":"{}"}}', mixed(32)],
  ['authorization', 'Set-Cookie: lang=en; session={}; Path=/', mixed(32)],
  ['authorization', `headers.put("Authorization", "Basic {}")`, mixed(32)],
  ['service-token', `{"${'sonar'}.login": "{}"}`, hex(40)],
  ['model-key', 'ask {}', `nvapi-${mixed(64)}`],
  ['infrastructure-token', 'join with {}', `tskey-${'auth'}-${mixed(12)}-${mixed(32)}`],
  ['infrastructure-token', 'Authorization: FlyV1 {}', mixed(60)],
  ['payment-key', 'pay with {}', `rzp_${'live'}_${mixed(14)}`],
  ['google-key', 'refresh with {}', `1//0${mixed(60)}`],
  ['password-hash', ['admin:$2y$10$', '{}'].join(''), mixed(53)],
  ['assigned-secret', 'app_secret = "{}"', 'qhzvkwpjxbdtgmrq'],
  ['assigned-secret', 'access_token: {}', '837465019283746501'],
  ['assigned-secret', 'LICENCE_KEY={}', 'A1B2C-D3E4F-5G6H7-J8K9L'],
  ['assigned-secret', 'Vpn Passcode             {}', '81736452'],
  ['assigned-secret', 'db password ........ {}', `hunter${'2222'}`],
  ['assigned-secret', 'config: {Host:a.example.com DbPassword:{} Port:443}', `hunter${'2222'}`],
  ['assigned-secret', '<remote keyPassphrase="{}" retries="3"/>', 'window-kettle-garden-lemon'],
  ['assigned-secret', 'SOMEBODY={}', 'q8w7x6z5k4j3h2g1v9b8n7m6'],
  ['assigned-secret', 'somebody_key: {}', '123e4567-e89b-42d3-a456-426614174000'],
  ['url-token', 'GET https://files.example.com/a.zip?Expires=1790000000&Signature={}', hex(64)],
  ['url-password', 'dsn app:{}@tcp(db.example.com:3306)/shop', `pa55${'word'}`],
  ['seed-phrase', 'recovery phrase: {}', 'apple river stone cloud tiger maple ocean piano lemon robin salad table'],
  ['private-key', '{"kty":"EC","crv":"P-256","d":"{}"}', mixed(43)],
  ['password-hash', ['app:$argon2id$v=19$m=65536,t=3,p=4$', '{}'].join(''), `${mixed(22)}$${mixed(43)}`],
  ['webhook-url', 'post to https://hooks.slack.com/services/{}', `T00000000/B00000000/${mixed(24)}`],
];

/** How services name a request that they answered; an id of Base64 has slashes. */
const REQUEST_IDS = [
  'x-amz-id-2: ',
  'x-amz-cf-id: ',
  'S3 Extended Request ID: ',
  'HostId: "',
  'request-id=',
  'trace id ',
].map((label) => `${label}${mixed(20)}+${mixed(9)}/${mixed(30)}${label.endsWith('"') ? '"' : '='}`);

/** What stands in ordinary logs and must stay. */
const ORDINARY = [
  `HEAD is now at ${hex(40)}`,
  `sha256:${hex(64)}`,
  'request 123e4567-e89b-42d3-a456-426614174000 done',
  '--- PASS: TestPasswordReset (0.00s)',
  '/home/runner/work/app/app/src/tokens/secret_store.py:12: in load',
  ['token: $', '{{ secrets.GITHUB_TOKEN }}'].join(''),
  'password: ***',
  'System.Web, PublicKeyToken=b77a5c561934e089',
  'DB_PASSWORD=$DB_PASSWORD',
  'https://registry.example.com:8080/path@1.2.3',
  'secret: getSecret(name)',
  'Unexpected token } in JSON at position 12',
  ['DB_PASSWORD=$', '{DB_PASSWORD}'].join(''),
  'DB_PASSWORD=changeme',
  'api_token = "your_api_token_here_123"',
  'client_secret=<client secret>',
  `using ghp_${'x'.repeat(36)}`,
  `id AKI${'A'}${'X'.repeat(16)}`,
  '[INFO] Artifact org.example:ssh-credentials:jar:305.v8f4381501156 is present in the local repository',
  'failed to push some refs to https://bot:[MASKED]@gitlab.example.com/shop/app',
  `key: linux-jdk17-maven3.9.0-${hex(64)}`,
  `Cache restored from key: ${hex(64)}`,
  'PASS: test_total_of_2_carts1',
  'level=debug msg="removed snapshot" key=ule4ru3ey2wvvo3837fh357ht snapshotter=overlayfs',
  `etag = "${hex(32)}"`,
  'copying shop/examples/get-login-password.rst -> shop-2.7.5/examples/get-login-password.rst',
  ' * [new branch]          cluster-credentials -> origin/cluster-credentials',
  'WARNING auth_token [req-123e4567-e89b-42d3-a456-426614174000 0a1b2c3d4e5f67890a1b2c3d4e5f6789 - default] denied',
  '\tat Init$$anonfun$1$$anonfun$apply$1$$anonfun$apply$2.apply(Init.scala:20)',
  'SECRET_STORE_CLASS=WalnutMarbleTokenProvider2',
  'expected: 0a1b2c3d4e5f67890a1b2c3d4e5f6789',
  `X-Amz-Credential=AKI${'A'}${'ABCDEFGH23456723'}%2F20260102%2Fus-east-1%2Fs3%2Faws4_request`,
  `sha256~${'X'.repeat(10)}_PUT_YOUR_TOKEN_HERE_${'X'.repeat(12)}`,
  ...REQUEST_IDS,
];

describe('redaction', () => {
  it.each(SECRETS)('[A72] replaces a secret of the kind %s in "%s"', (kind, text, secret) => {
    const line = text.replace('{}', () => secret);
    const redacted = redact(line);
    expect(redacted.text).toBe(text.replace('{}', `[redacted:${kind}:1]`));
    expect(redacted.counts).toEqual({ [kind]: 1 });
  });

  it.each(ORDINARY)('leaves %j as it is', (line) => {
    expect(redact(line)).toEqual({ text: line, counts: {} });
  });

  it('gives equal secrets equal placeholders and different ones different numbers', () => {
    const [first, second] = [`ghp_${mixed(36)}`, `ghp_${mixed(35)}Z`];
    const { text } = redact(`${first}\n${second}\nagain ${first}`);
    expect(text).toBe('[redacted:github-token:1]\n[redacted:github-token:2]\nagain [redacted:github-token:1]');
  });

  it.each([
    [`"secret": "${'password'}:${'a'.repeat(16)}"`, '"secret": "password:[redacted:assigned-secret:1]"'],
    [`"secret": "passwd:api_keyb${'c9'.repeat(8)}-"`, '"secret": "[redacted:assigned-secret:1]"'],
    [`"secret": " ${'passwd'}: token="`, '"secret": " passwd: [redacted:assigned-secret:1]"'],
  ])('changes nothing more in an assignment inside of a quoted value: %s', (line, expected) => {
    const once = redact(line).text;
    expect(once).toBe(expected);
    expect(redact(once).text).toBe(once);
  });

  it('is not led astray by a placeholder that stood in the log', () => {
    const secret = `hG7dkw93${'kdLq0x'}`;
    expect(redact(`password: "[redacted:token:1]${secret}"`).text).not.toContain(secret);
  });

  it('takes no address for the rest of a wrapped token', () => {
    const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
    expect(redact(`${token}\n%3Dhttps://shop.example.com/log`).text).toBe(
      '[redacted:github-token:1]\n%3Dhttps://shop.example.com/log',
    );
  });

  it('redacts a private key over several lines and keeps the lines around it', () => {
    const key = [
      'before',
      `-----BEGIN RSA ${'PRIVATE'} KEY-----`,
      mixed(64),
      mixed(60),
      'Zm9v',
      `-----END RSA ${'PRIVATE'} KEY-----`,
      'after',
    ];
    const lines = redact(key.join('\n')).text.split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe('before');
    expect(lines.slice(2, 5).every((line) => line.startsWith('[redacted:private-key:'))).toBe(true);
    expect(lines[6]).toBe('after');
  });

  it('stops redacting when a private key breaks off', () => {
    const redactor = makeRedactor();
    redactor.line(`-----BEGIN ${'PRIVATE'} KEY-----`);
    expect(redactor.line('the file ends here, says the tool.')).toBe('the file ends here, says the tool.');
    expect(redactor.line('Zm9v')).toBe('Zm9v');
  });

  it.each([
    '2026-01-02T03:04:05.1234567Z ',
    '[03:04:05] ',
    'shop_1  | ',
    '##[debug]',
    `${ESC}[36m`,
    'Jan  2 03:04:05 host app[12]: ',
  ])('[A72] redacts every line of an encrypted key behind %j and keeps its header', (prefix) => {
    const header = [`-----BEGIN RSA ${'PRIVATE'} KEY-----`, 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,0123', ''];
    const end = [`-----END RSA ${'PRIVATE'} KEY-----`, `done ${hex(64)}`];
    const text = [...header, mixed(64), mixed(63), mixed(7), ...end].map((line) => prefix + line).join('\n');
    const kept = (lines: readonly string[]): string[] => lines.map((line) => prefix + line);
    const numbers = [1, 2, 3].map((number) => `${prefix}[redacted:private-key:${number}]`);
    expect(redact(text).text.split('\n')).toEqual([...kept(header), ...numbers, ...kept(end)]);
  });

  it('[A72] redacts a key between whose lines another job prints, and stops when only others print', () => {
    const key = (line: string): string => `build | ${line}`;
    const other = 'tests | 12 of 40 passed';
    const lines = [key(`-----BEGIN ${'PRIVATE'} KEY-----`), key(mixed(64)), other, other, key(mixed(63))];
    const after = [other, other, other, 'tests | quite another thing', key(hex(62))];
    expect(redact([...lines, ...after].join('\n')).text.split('\n')).toEqual([
      lines[0],
      key('[redacted:private-key:1]'),
      other,
      other,
      key('[redacted:private-key:2]'),
      ...after,
    ]);
  });

  it('redacts a private key written in one line with escaped line ends', () => {
    const line = `{"key":"-----BEGIN ${'PRIVATE'} KEY-----\\n${mixed(64)}\\n-----END ${'PRIVATE'} KEY-----\\n"}`;
    expect(redact(line).text).not.toContain(mixed(40));
  });

  it('[A72] leaves what stands between the lines of a key written in one line, and words about keys', () => {
    const [begin, end] = [`-----BEGIN ${'PRIVATE'} KEY-----`, `-----END ${'PRIVATE'} KEY-----`];
    const colour = String.fromCharCode(27);
    const line = `key = "${begin}\\n${mixed(64)}${colour}[0m\\n${mixed(20)}=\\n${end}\\n"`;
    expect(redact(line).text).toBe(
      `key = "${begin}\\n[redacted:private-key:1]${colour}[0m\\n[redacted:private-key:2]\\n${end}\\n"`,
    );
    const words = `a file that begins with ${begin} and ends with nothing of the kind`;
    expect(redact(words).text).toBe(words);
  });

  it('leaves a text without secrets equal, character for character', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ,.]{0,40}$/)), (lines) => {
        const text = lines.join('\r\n');
        // What stands below such a name in a table, or behind it, is a secret.
        fc.pre(!/pw|pin|otp|sid|key|tok|auth|pass|secret/.test(text));
        expect(redact(text).text).toBe(text);
      }),
    );
  });

  it('changes nothing more when it is applied twice', () => {
    for (const [, text, secret] of SECRETS) {
      const once = redact(text.replace('{}', () => secret)).text;
      expect(redact(once).text).toBe(once);
    }
  });
});
