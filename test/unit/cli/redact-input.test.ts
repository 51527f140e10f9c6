import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactInput } from '#apps/cli/redaction/redact-input.ts';
import type { TextInput } from '#apps/workbench/input/open-input.ts';

const TOKEN = `ghp_${'aB3dE5fG7hJ9'.repeat(3)}`;
const PLACEHOLDER = '[redacted:github-token:1]';

/** The bytes in pieces of one size. */
function input(bytes: Buffer, shape: TextInput['shape'] = 'utf-8', size = 7): TextInput {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
  }
  return { name: 'job.log', shape, pieces: pieces() };
}

async function redacted(bytes: Buffer, shape?: TextInput['shape'], size?: number): Promise<Buffer> {
  const out: Buffer[] = [];
  for await (const piece of redactInput(input(bytes, shape, size)).pieces) out.push(piece);
  return Buffer.concat(out);
}

describe('redacting a file', () => {
  it('leaves every byte of what holds no secret, in any encoding and any pieces', async () => {
    const shapes = fc.constantFrom<TextInput['shape']>('utf-8', 'utf-16le', 'utf-16be');
    const lines = fc.array(
      fc.constantFrom('\r\n', '\n', '\r', '\u00e9', 'word ', '\ufeff', '\ud83d\ude00', '\u001b[31m'),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
      lines.map((some) => Buffer.from(some.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, shapes, fc.integer({ min: 1, max: 50 }), async (given, shape, size) => {
        expect((await redacted(given, shape, size)).equals(given)).toBe(true);
      }),
    );
  });

  it('replaces a secret between bytes that stay as they are', async () => {
    const before = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('caf\u00e9\r\ntoken: ')]);
    const after = Buffer.concat([
      Buffer.from('\r\nnext \rover\n'),
      Buffer.from([0xc3, 0x28, 0xff, 0x00]),
      Buffer.from('\n\n'),
    ]);
    const out = await redacted(Buffer.concat([before, Buffer.from(TOKEN), after]));
    expect(out.equals(Buffer.concat([before, Buffer.from(PLACEHOLDER), after]))).toBe(true);
  });

  it('[A72] replaces a secret, plain or encoded once, wherever the pieces of a file end', async () => {
    const plain = `use ${TOKEN} now`;
    const forms = [
      plain,
      Buffer.from(plain).toString('base64'),
      `${TOKEN.slice(0, 9)}\u001b[1m${TOKEN.slice(9)} split`,
    ];
    const bytes = Buffer.from(forms.map((form) => `data ${form}\n`).join(''));
    const expected = [`use ${PLACEHOLDER} now`, PLACEHOLDER, `${PLACEHOLDER} split`];
    for (let size = 1; size <= 64; size++) {
      const out = (await redacted(bytes, 'utf-8', size)).toString().trimEnd().split('\n');
      expect(out).toEqual(expected.map((form) => `data ${form}`));
    }
  });

  it('replaces a secret in a line that is no UTF-8', async () => {
    const out = await redacted(
      Buffer.concat([Buffer.from([0xe9, 0x20]), Buffer.from(TOKEN), Buffer.from([0x20, 0xff])]),
    );
    expect(
      out.equals(Buffer.concat([Buffer.from([0xe9, 0x20]), Buffer.from(PLACEHOLDER), Buffer.from([0x20, 0xff])])),
    ).toBe(true);
  });

  it.each(['utf-16le', 'utf-16be'] as const)('redacts %s and writes it again', async (shape) => {
    const encode = (text: string): Buffer => {
      const units = Buffer.from(text, 'utf16le');
      return shape === 'utf-16be' ? units.swap16() : units;
    };
    const out = await redacted(encode(`\ufeffone\r\n${TOKEN} \u20ac\r\n`), shape);
    expect(out.equals(encode(`\ufeffone\r\n${PLACEHOLDER} \u20ac\r\n`))).toBe(true);
  });

  it('gives equal secrets equal placeholders and counts both', async () => {
    const redaction = redactInput(input(Buffer.from(`${TOKEN}\nagain ${TOKEN}\n`)));
    let text = '';
    for await (const piece of redaction.pieces) text += piece.toString();
    expect(text).toBe(`${PLACEHOLDER}\nagain ${PLACEHOLDER}\n`);
    expect(redaction.counts()).toEqual({ 'github-token': 2 });
  });

  it('replaces the lines of a private key', async () => {
    const body = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9w';
    const edge = (word: string): string => `-----${word} ${'PRIVATE'} KEY-----`;
    const out = (await redacted(Buffer.from(`${edge('BEGIN')}\r\n${body}\r\n${edge('END')}\r\nafter\r\n`))).toString();
    expect(out).not.toContain(body);
    expect(out).toMatch(/\r\nafter\r\n$/);
  });
});

describe('redacting a line too long to be held', () => {
  // Dense enough that a cut made without looking falls into a secret.
  it.each([
    ['between words', `${TOKEN} and `],
    ['without any white space', `{"t":"${TOKEN}"},`],
    ['after their names', `password = "${'Zx8kQ2mP'.repeat(3)}" `],
  ])('replaces every secret %s', async (_, piece) => {
    const secret = piece.includes(TOKEN) ? TOKEN : 'Zx8kQ2mP'.repeat(3);
    const placeholder = piece.includes(TOKEN) ? PLACEHOLDER : '[redacted:assigned-secret:1]';
    const line = piece.repeat(Math.ceil(1_400_000 / piece.length));
    const out = (await redacted(Buffer.from(line), 'utf-8', 65_536)).toString();
    expect(out === line.replaceAll(secret, placeholder)).toBe(true);
  });

  it('leaves a line that holds none', async () => {
    const line = '{"n":1234,"list":[0,0,0]},'.repeat(50_000);
    expect((await redacted(Buffer.from(line), 'utf-8', 65_536)).toString() === line).toBe(true);
  });
});
