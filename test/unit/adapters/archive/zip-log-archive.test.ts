import { crc32, deflateRawSync } from 'node:zlib';
import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import { readRawText } from '@selfheal/kernel/text/raw-text-read.ts';
import { archivedJobName, isLogOf, jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_ZIP_LIMITS, makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';

interface ZipEntry {
  readonly path: string;
  readonly text?: string;
  readonly flags?: number;
  readonly mode?: number;
}

/** Writes a zip file (APPNOTE 6.3.10) with chosen names, flags and modes, hostile ones too. */
function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, text = '', flags = 0x800, mode = 0o100644 } of entries) {
    const [name, raw] = [Buffer.from(path), Buffer.from(text)];
    const data = deflateRawSync(raw);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(raw), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(raw.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\u0003\u0004'), common, name, data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), common, rest, name);
    offset += 30 + name.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length % 65_536, 4);
  end.writeUInt16LE(entries.length % 65_536, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\u0005\u0006'), end]);
}

async function readAll(bytes: Uint8Array, limits: Partial<typeof DEFAULT_ZIP_LIMITS> = {}) {
  const texts: Record<string, string> = {};
  const content = await makeZipLogArchive({ ...DEFAULT_ZIP_LIMITS, ...limits }).read(bytes, ({ job }) => {
    const name = rawNameOf(job);
    texts[name] = '';
    return (chunk) => {
      texts[name] += readRawText(chunk);
    };
  });
  return { ...content, texts };
}

describe('a log archive', () => {
  it('gives each job once: the file at the top, not the folder of its steps, in job order', async () => {
    const read = await readAll(
      zipOf([
        { path: 'build/2_Run tests.txt', text: 'step' },
        { path: '2_lint.txt', text: 'lint log' },
        { path: '1_build.txt', text: 'build log' },
        { path: 'build/system.txt', text: 'system' },
      ]),
    );
    expect(read.texts).toEqual({ build: 'build log', lint: 'lint log' });
    expect(read.logs.map((log) => rawNameOf(log.job))).toEqual(['build', 'lint']);
    expect(read.notes).toEqual([]);
  });

  it('prefers the longer of two files of one job name: the shorter only says that a runner was awaited', async () => {
    const read = await readAll(
      zipOf([
        { path: '4_lint.txt', text: 'waiting' },
        { path: '1_lint.txt', text: 'the whole log of lint' },
      ]),
    );
    expect(read.texts).toEqual({ lint: 'the whole log of lint' });
  });

  it('joins the steps of a job that has no file at the top', async () => {
    const read = await readAll(
      zipOf([
        { path: 'build/10_c.txt', text: 'c' },
        { path: 'build/1_a.txt', text: 'a\n' },
        { path: 'build/2_b.txt', text: 'b\n' },
      ]),
    );
    expect(read.texts).toEqual({ build: 'a\nb\nc' });
  });

  it('skips a log that nobody wants, unread', async () => {
    const content = await makeZipLogArchive().read(zipOf([{ path: '1_a.txt', text: 'a' }]), () => null);
    expect(content.logs).toEqual([]);
  });

  it.each([
    ['a path that leaves the archive', { path: '../1_a.txt', text: 'x' }, 'its path leaves the archive'],
    ['an absolute path', { path: '/1_a.txt', text: 'x' }, 'its path leaves the archive'],
    ['a symbolic link', { path: '1_a.txt', text: '/etc/passwd', mode: 0o120777 }, 'it is a symbolic link'],
    ['an encrypted entry', { path: '1_a.txt', text: 'x', flags: 0x801 }, 'it is encrypted'],
  ])('refuses %s and reads the rest', async (_, bad, reason) => {
    const read = await readAll(zipOf([bad, { path: '2_b.txt', text: 'good' }]));
    expect(read.texts).toEqual({ b: 'good' });
    expect(read.notes.join()).toContain(reason);
  });

  it('cuts a log at its limit and the archive at its own, and says so', async () => {
    const text = Array.from({ length: 3_000 }, (_, at) => `line ${at * 7919}`).join('\n');
    const one = await readAll(zipOf([{ path: '1_a.txt', text }]), { bytesPerLog: 1_000 });
    expect(one.texts.a?.length).toBeLessThanOrEqual(1_000);
    expect(one.texts.a?.startsWith(text.slice(0, 750))).toBe(true);
    expect(one.texts.a?.endsWith(text.slice(-200))).toBe(true);
    expect(one.logs[0]).toMatchObject({ bytes: one.texts.a?.length, truncated: true });
    const skipped = text.length - (one.texts.a?.length ?? 0);
    expect(one.notes).toEqual([
      `A log is longer than the limit for one log: ${skipped.toLocaleString('en')} bytes before its last ones were not read.`,
    ]);
    const all = await readAll(
      zipOf([
        { path: '1_a.txt', text },
        { path: '2_b.txt', text },
      ]),
      { bytesInAll: 1_500 },
    );
    expect(all.logs).toHaveLength(1);
    expect(all.notes).toHaveLength(2);
  });

  it('hands over every byte of a log up to its limit, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000 }), async (length) => {
        const text = Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7919) % 26))).join('');
        const read = await readAll(zipOf([{ path: '1_a.txt', text }]), { bytesPerLog: 1_000 });
        expect(read.texts.a ?? '').toBe(text);
        expect(read.logs[0]).toMatchObject({ bytes: length, truncated: false });
      }),
    );
  });

  it('leaves out what there is no time for, and says so', async () => {
    const text = Array.from({ length: 3_000 }, (_, at) => `line ${at * 7919}`).join('\n');
    const read = await readAll(zipOf([{ path: '1_a.txt', text }]), { milliseconds: -1 });
    expect(read.logs).toEqual([]);
    expect(read.notes.join()).toContain('left out');
  });

  it('gives the end of a log, where failures are, when the time for its beginning is over', async () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => `line ${at} ${(at * 7919) % 10_007}`);
    const text = [...lines, '##[error]The end.', ''].join('\n');
    let now = 0;
    const time = vi.spyOn(performance, 'now').mockImplementation(() => now);
    try {
      const pieces: string[] = [];
      const content = await makeZipLogArchive({ ...DEFAULT_ZIP_LIMITS, bytesPerLog: 1_600_000 }).read(
        zipOf([{ path: '1_a.txt', text }]),
        () => (chunk) => {
          pieces.push(readRawText(chunk));
          // Whoever takes it is slow.
          now = (DEFAULT_ZIP_LIMITS.milliseconds * 3) / 4;
        },
      );
      expect(pieces.join('').startsWith('line 0 ')).toBe(true);
      expect(pieces.join('').endsWith('##[error]The end.\n')).toBe(true);
      expect(content.logs[0]?.truncated).toBe(true);
      expect(content.logs[0]?.bytes).toBeLessThan(text.length);
      expect(content.notes).toEqual([
        expect.stringMatching(/^A log is longer than there was time for: [\d,]+ bytes before/),
      ]);
    } finally {
      time.mockRestore();
    }
  });

  it('stops a zip bomb early', async () => {
    const read = await readAll(zipOf([{ path: '1_a.txt', text: '0'.repeat(20_000_000) }]));
    expect(read.logs[0]?.truncated).toBe(true);
    expect(read.logs[0]?.bytes).toBeLessThan(7_000_000);
    expect(read.notes.join()).toContain('compressed far more than a log can be');
  });

  it('reads nothing of an archive that lists too many entries', async () => {
    const entries = Array.from({ length: 300 }, (_, at) => ({ path: `${at}_j${at}.txt` }));
    const read = await readAll(zipOf(entries), { listedEntries: 200 });
    expect(read.logs).toEqual([]);
    expect(read.notes[0]).toContain('300 entries');
  });

  it.each([
    ['nothing', new Uint8Array(0), 'not a zip file'],
    ['a web page', Buffer.from('<html>not found</html>'), 'not a zip file'],
    ['half an archive', zipOf([{ path: '1_a.txt', text: 'a'.repeat(500) }]).subarray(0, 60), 'truncated or damaged'],
  ])('says what is wrong with %s', async (_, bytes, reason) => {
    const read = await readAll(bytes);
    expect(read.logs).toEqual([]);
    expect(read.notes.join()).toContain(reason);
  });

  it('never throws on a damaged archive', async () => {
    const sound = zipOf([
      { path: '1_a.txt', text: 'some log\n'.repeat(50) },
      { path: 'a/1_x.txt', text: 'step' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 6 }), async (changes) => {
        const damaged = Uint8Array.from(sound);
        for (const [at, byte] of changes) damaged[at] = byte;
        const read = await readAll(damaged);
        expect(Array.isArray(read.notes)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('passes on an error of the receiver: it is not the archive that is broken', async () => {
    const failing = makeZipLogArchive().read(zipOf([{ path: '1_a.txt', text: 'a' }]), () => () => {
      throw new RangeError('the receiver is broken');
    });
    await expect(failing).rejects.toThrow('the receiver is broken');
  });
});

describe('the name of a job in an archive', () => {
  it.each([
    ['build (20, ubuntu)', 'build (20, ubuntu)', true],
    ['Run actionscheckout', 'Run actions/checkout', true],
    ['test  unit', 'test / unit', true],
    ['lint', 'lint2', false],
  ])('%s is %s: %s', (archived, name, same) => {
    expect(isLogOf(archivedJobName(archived), jobNameOf(name))).toBe(same);
  });
});
