import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { textShapeOf } from '#apps/workbench/input/text-shape.ts';
import { aFile, aFolder } from './run-command.ts';

const LOG = 'step one\nstep two\nError: it broke\n'.repeat(2_000);

async function read(path: string, stdin: readonly Buffer[] = []): Promise<string> {
  let text = '';
  for await (const chunk of textOf(await openInput(path, { stdin: Readable.from(stdin), say: () => {}, now: () => 0 })))
    text += chunk;
  return text;
}

describe('opening a log', () => {
  it('reads plain and gzipped files alike, whatever their names', async () => {
    expect(await read(aFile(LOG))).toBe(LOG);
    expect(await read(aFile(gzipSync(LOG), 'renamed.txt'))).toBe(LOG);
  });

  it('reads standard input, gzipped or not, in pieces of any size', async () => {
    const bytes = gzipSync(LOG);
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(await read('-', pieces)).toBe(LOG);
    expect(await read('-', [Buffer.from('a')])).toBe('a');
  });

  it('reads UTF-16 of either order, with and without its mark', async () => {
    const little = Buffer.from(LOG, 'utf16le');
    const big = Buffer.from(little).swap16();
    expect(await read(aFile(Buffer.concat([Buffer.from([0xff, 0xfe]), little])))).toBe(LOG);
    expect(await read(aFile(Buffer.concat([Buffer.from([0xfe, 0xff]), big])))).toBe(LOG);
    expect(await read(aFile(little))).toBe(LOG);
    expect(await read(aFile(big))).toBe(LOG);
  });

  it('reads over bytes that are no UTF-8 and single control bytes', async () => {
    const bytes = Buffer.concat([Buffer.from('caf'), Buffer.from([0xe9, 0x00, 0x0a]), Buffer.from(LOG)]);
    expect(await read(aFile(bytes))).toBe(`caf\uFFFD\u0000\n${LOG}`);
  });

  it.each<[string, () => string, RegExp]>([
    ['that is missing', () => '/nowhere/job.log', /^\/nowhere\/job.log: no such file\. Check the path\.$/],
    ['that is a folder', () => aFolder(), /this is a folder\. Pass the files in it\.$/],
    ['that is empty', () => aFile(''), /: the file is empty\. /],
    ['that unpacks to nothing', () => aFile(gzipSync('')), /: the file is empty\. /],
    [
      'that is a picture',
      () => aFile(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])),
      /: the file is not text\. /,
    ],
    ['that is packed twice', () => aFile(gzipSync(gzipSync(LOG))), /: the file is not text\. /],
    ['that is a zip archive', () => aFile('PK\u0003\u0004 and so on'), /: this is a zip archive\. Unpack it/],
    ['whose gzip data breaks off', () => aFile(gzipSync(LOG).subarray(0, -40)), /: the gzip data is truncated\. /],
    ['whose gzip data is damaged', () => aFile(gzipSync(LOG).fill(0x55, 30, 60)), /: the gzip data is damaged\. /],
    [
      'that is a bomb',
      () => aFile(gzipSync(Buffer.alloc(30_000_000, 'a'))),
      /: unpacks to more than 300 times its size/,
    ],
  ])('refuses a file %s in one line that names it', async (_, make, reason) => {
    await expect(read(make())).rejects.toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(reason) }),
    );
  });

  it('takes a short file that repeats itself for a log', async () => {
    const text = 'waiting\n'.repeat(500_000);
    expect((await read(aFile(gzipSync(text)))).length).toBe(text.length);
  });
});

describe('the shape of a text', () => {
  it('is not text when every byte value is as common as the others', () => {
    expect(textShapeOf(Uint8Array.from({ length: 4_096 }, (_, at) => (at * 167) % 256))).toBe('not-text');
  });

  it('is text with colours, progress bars and bells', () => {
    expect(textShapeOf(Buffer.from('\u001b[31mred\u001b[0m\r10%\r20%\u0008\u0007\n'))).toBe('utf-8');
  });
});
