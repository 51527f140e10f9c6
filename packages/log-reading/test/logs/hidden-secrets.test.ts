import { redact } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const ESC = String.fromCharCode(27);
const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9'.repeat(2)}`;
const PLACEHOLDER = '[redacted:github-token:1]';
const PASSWORD = `correct${'Horse9'}`;

describe('a secret that is not in plain sight', () => {
  it('[A72] is replaced wherever colours split it, and the colours around it stay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: TOKEN.length - 1 }),
        fc.constantFrom('[0m', '[1;31m', '[K', '[38;5;12m'),
        (at, code) => {
          const split = `${TOKEN.slice(0, at)}${ESC}${code}${TOKEN.slice(at)}`;
          const line = `${ESC}[32muse ${split}${ESC}[0m now`;
          expect(redact(line).text).toBe(`${ESC}[32muse ${PLACEHOLDER}${ESC}[0m now`);
        },
      ),
    );
  });

  it('[A72] is replaced in Base64, at any place of the encoded text', () => {
    for (const before of ['', 'a ', 'ab ', 'user:', 'login with ']) {
      const encoded = Buffer.from(`${before}${TOKEN} ok`).toString('base64');
      expect(redact(`data: ${encoded} end`).text).toBe(`data: ${PLACEHOLDER} end`);
    }
  });

  it('[A72] is replaced in URL-encoded text, the rest of which stays', () => {
    const encoded = encodeURIComponent(`postgres://shop:${PASSWORD}@db.example.com/shop`);
    expect(redact(`url=${encoded}&x=%20`).text).toBe(
      'url=postgres%3A%2F%2Fshop%3A[redacted:url-password:1]%40db.example.com%2Fshop&x=%20',
    );
  });

  it('gets the placeholder of its plain form', () => {
    const lines = [TOKEN, Buffer.from(TOKEN).toString('base64'), `${TOKEN.slice(0, 9)}${ESC}[1m${TOKEN.slice(9)}`];
    expect(redact(lines.join('\n')).text).toBe([PLACEHOLDER, PLACEHOLDER, PLACEHOLDER].join('\n'));
  });

  it('is replaced where it stands once more without its name', () => {
    const secret = 'Zx8kQ2mP'.repeat(3);
    expect(redact(`token = '${secret}' | ${secret}`).text).toBe(
      "token = '[redacted:assigned-secret:1]' | [redacted:assigned-secret:1]",
    );
  });

  it('is replaced in an element of a configuration file', () => {
    expect(redact(`  <apiToken>${'Zx8kQ2mP'.repeat(3)}</apiToken>`).text).toBe(
      '  <apiToken>[redacted:assigned-secret:1]</apiToken>',
    );
  });

  it('is replaced when only the name of its service tells what it is', () => {
    expect(redact(`snyk: ${'0a1b2c3d4e5f6789'.repeat(2)}`).text).toBe('snyk: [redacted:service-token:1]');
  });
});

describe('words that a branch, an artifact or a file joins', () => {
  const secret = 'F2YeCnrVLDXrzLC1';

  it.each(['-', '_', '+', '.', '%20'])('[A72] tell a secret as they do with blanks: %j', (join) => {
    for (const words of [
      `the password for admin is ${secret}`,
      `sshpass -p ${secret} ssh shop`,
      `the secret was ${secret}x9Qf2`,
    ]) {
      const name = words.replaceAll(' ', join);
      for (const text of [name, `* [new branch] ${name} -> origin/${name}`, `{"artifact":"${name}"}`])
        expect(redact(text).text).not.toContain(secret.slice(0, 8));
    }
  });

  it('[A72] lose the rest of a secret that has a join in it, and keep the words behind it', () => {
    expect(redact('mysql--u-shop--ptQT2sk-ja18lMp-shop').text).toBe('mysql--u-shop--p[redacted:login-password:1]-shop');
  });

  it.each([
    'fix-the-password-is-required-message',
    'reset_token_is_expired_2',
    'SSH_AUTH_SOCK=/tmp/launch-6qfFzn/Listeners',
    'token="sha256~XXXXXXXXXX_PUT_YOUR_TOKEN_HERE_XXXXXXXXXXXX"',
    '{"password":"$CI_REGISTRY_PASSWORD"}',
    'feature/secret-is-rotated-v2.14.0',
    'build-secret-7-of-12.log',
  ])('%j says nothing secret and stays', (name) => {
    expect(redact(name)).toEqual({ text: name, counts: {} });
  });
});

describe('a line of a key whose first line was not read', () => {
  const line = 'Yu/gdgwc/5p1tF7yHz4nYUTwF4tmd3+U9ScCDME+fvHuffO48SymWm4k3cJ0SMm9';

  it.each(['N//8oh/EqnPgYGrNz3zOEpGg9/bVpSWP', 'amoquby/xyLCwX/VjAV+JOWpfQlzzcbA', 'Qm9f=='])(
    '[A72] is replaced whole although chance made a word in it, and so is the last one: %j',
    (last) => {
      expect(
        redact([line, last, `-----END ${'PRIVATE'} KEY-----`].join('\n'))
          .text.split('\n')
          .slice(0, 2),
      ).toEqual([expect.stringMatching(/^\[redacted:[\w-]+:1\]$/), expect.stringMatching(/^\[redacted:[\w-]+:\d\]$/)]);
    },
  );

  it('leaves a word under it', () => {
    expect(redact(`${line}\nDone`).text).toMatch(/\nDone$/);
  });
});

describe('a random text in which chance made few changes', () => {
  it.each(['vem1dfvmoijvbjTzUGouhdlz2JUJUwfy', '3XZko2pgfZRealNNEVIPKURU7zgaNSir'])(
    '[A72] is replaced: %j',
    (secret) => {
      expect(redact(`POST https://api.example.com/v1/${secret}/send`).text).not.toContain(secret.slice(0, 8));
    },
  );

  it.each([
    '/usr/share/java/SimpleDateFormatterFactoryBean2Test',
    'https://x.example.com/ApplicationContextInitializer2020',
  ])('is not what words look like: %j', (text) => expect(redact(text).text).toBe(text));
});

describe('what is random and public', () => {
  it.each([
    '/opt/ghc/7.10.3/lib/ghc-7.10.3/binar_3uXFWMoAGBg0xKP9MHKRwi',
    'https://images.example.net/emmiduwd41v7/1TmcZsJy7Si4qCYm24aAse/logo.png',
    'https://video.example.com/watch?v=rCMh7srOqvw&list=PLhXZp00uXBk4np17N39WvB80zgxlZfVwj',
    'x-amz-version-id: 0bG9Pxir6pB8zBlmtv1mDuBStPz9AxyQ',
  ])('%j stays', (line) => {
    expect(redact(line)).toEqual({ text: line, counts: {} });
  });

  it('is not believed of a host that is not one of pictures', () => {
    expect(redact('https://api.example.net/emmiduwd41v7/1TmcZsJy7Si4qCYm24aAse/logo').counts).not.toEqual({});
  });
});

describe('what only looks encoded', () => {
  it.each([
    `integrity sha512-${Buffer.from('0123456789'.repeat(6)).toString('base64')}`,
    `-----BEGIN CERTIFICATE----- ${Buffer.from(new Uint8Array(48).fill(200)).toString('base64')}`,
    `note ${Buffer.from('nothing to see here, only prose about a token').toString('base64')}`,
    'GET /search?q=a%20b%2Fc&path=%2Fhome%2Fuser HTTP/1.1 200',
    'progress 100%25 of 3%2E5 MB',
    'snyk version: 1.1293.1, okta commit 0a1b2c3d4e5f67890a1b2c3d4e5f67890a1b2c3d',
    'cache key: v2-linux-0a1b2c3d4e5f67890a1b2c3d4e5f67890a1b2c3d',
  ])('%j stays', (line) => {
    expect(redact(line)).toEqual({ text: line, counts: {} });
  });

  it('stays byte for byte between colours', () => {
    const line = `${ESC}[32m✓${ESC}[0m token refreshed ${ESC}[90m(12ms)${ESC}[0m`;
    expect(redact(line).text).toBe(line);
  });
});
