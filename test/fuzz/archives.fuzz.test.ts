import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import { archivedJobName } from '@selfheal/log-reading/logs/job-name.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ZIP_LIMITS, makeZipLogArchive, type ZipLimits } from '#shared/adapters/archive/zip-log-archive.ts';
import type { LogArchiveContent } from '#shared/ports/log-archive.ts';
import { aLyingZipBomb, anArchiveOfManyEntries, aZipBomb, aZipBombOfManyEntries } from '#test/builders/archives.ts';
import { anyArchive, type SampleJob, sampleArchive } from './archives/random-archives.ts';
import { fuzzOptions } from './seed.ts';

const SMALL: ZipLimits = {
  listedEntries: 12,
  readEntries: 6,
  bytesPerLog: 3_000,
  bytesInAll: 9_000,
  ratio: 300,
  milliseconds: 60_000,
};
/** What a stream may hand out at a time, so what a limit on the ratio may be exceeded by. */
const MAX_CHUNK_BYTES = 1 << 17;

interface Read {
  readonly content: LogArchiveContent;
  /** Text handed out, in the order of opening. */
  readonly texts: ReadonlyMap<RawRef, string>;
  readonly opened: readonly RawRef[];
}

async function readArchive(bytes: Uint8Array, limits?: ZipLimits): Promise<Read> {
  const texts = new Map<RawRef, string>();
  const opened: RawRef[] = [];
  const content = await makeZipLogArchive(limits).read(bytes, ({ job }) => {
    opened.push(job);
    texts.set(job, '');
    return (chunk) => void texts.set(job, `${texts.get(job) ?? ''}${chunk}`);
  });
  return { content, texts, opened };
}

/** Counts the bytes handed out without holding them. */
async function countArchive(bytes: Uint8Array, limits?: ZipLimits) {
  let handedOut = 0;
  const content = await makeZipLogArchive(limits).read(bytes, () => (chunk) => {
    handedOut += chunk.length;
  });
  return { content, handedOut };
}

/** A part of a character may be left where it was cut. */
function isOfBothEnds(all: string, got: string): boolean {
  let same = 0;
  while (same < got.length && got[same] === all[same]) same += 1;
  return all.endsWith(got.slice(same).replace(/^\ufffd+/, ''));
}

/** Notes are ours: nothing of the archive may stand in them. */
const NOTE = /^(?:The log archive|An entry of the log archive|A log|Logs) [a-z0-9 ,:.()-]{5,120}$/i;

function expectBounded({ content, texts, opened }: Read, limits: ZipLimits): void {
  expect(new Set(opened).size).toBe(opened.length);
  for (const note of content.notes) expect(note).toMatch(NOTE);
  for (const { job, bytes, truncated } of content.logs) {
    expect(rawNameOf(job)).not.toMatch(/[/\\:]/);
    expect(bytes).toBeLessThanOrEqual(limits.bytesPerLog);
    expect((texts.get(job) ?? '').length).toBeLessThanOrEqual(bytes);
    if (truncated) expect(content.notes).not.toEqual([]);
  }
  expect(content.logs.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(limits.bytesInAll);
  expect(content.logs.length).toBeLessThanOrEqual(limits.readEntries);
  if (content.logs.length < opened.length || opened.length === 0) expect(content.notes).not.toEqual([]);
}

const textOf = ({ steps }: SampleJob) => steps.join('');
const archived = ({ name }: SampleJob) => rawNameOf(archivedJobName(name));
const cutNotes = (notes: readonly string[]) => notes.filter((note) => /cut|left out|not read/.test(note));

describe('an archive as GitHub makes it', () => {
  it('gives every job its whole text, without notes', async () => {
    await fc.assert(
      fc.asyncProperty(sampleArchive, async ({ jobs, bytes }) => {
        const { content, texts } = await readArchive(bytes);
        const found = content.logs.map(({ job }) => [rawNameOf(job), texts.get(job)] as const);
        const wanted = jobs.map((job) => [archived(job), textOf(job)] as const);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
        expect(found).toHaveLength(jobs.length);
        expect(content.notes).toEqual(jobs.length === 0 ? ['The log archive contains no job log.'] : []);
        expect(content.logs.every(({ truncated }) => !truncated)).toBe(true);
      }),
      fuzzOptions(120),
    );
  });

  it('is cut at its limits, to beginnings and ends of the logs, and the notes say so', async () => {
    await fc.assert(
      fc.asyncProperty(sampleArchive, async ({ jobs, bytes }) => {
        const read = await readArchive(bytes, SMALL);
        expectBounded(read, SMALL);
        const wanted = new Map(jobs.map((job) => [archived(job), textOf(job)]));
        let whole = 0;
        for (const { job, truncated, bytes: size } of read.content.logs) {
          const [all, got] = [wanted.get(rawNameOf(job)) ?? '', read.texts.get(job) ?? ''];
          if (truncated) expect(isOfBothEnds(all, got)).toBe(true);
          if (truncated) expect(size).toBeLessThan(Buffer.byteLength(all));
          else expect([got, size]).toEqual([all, Buffer.byteLength(all)]);
          whole += truncated ? 0 : 1;
        }
        if (whole < jobs.length) expect(cutNotes(read.content.notes)).not.toEqual([]);
        else expect(cutNotes(read.content.notes)).toEqual([]);
      }),
      fuzzOptions(120),
    );
  });
});

describe('anything in place of an archive', () => {
  it('is read within its limits or refused with a note, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(anyArchive, async (bytes) => {
        expectBounded(await readArchive(bytes, SMALL), SMALL);
        expectBounded(await readArchive(bytes), DEFAULT_ZIP_LIMITS);
      }),
      fuzzOptions(250),
    );
  });

  it('passes on what the receiver throws, and nothing else', async () => {
    class OfReceiver extends Error {}
    const receiver = () => (chunk: RawText) => {
      if (chunk.length > 0) throw new OfReceiver();
    };
    await fc.assert(
      fc.asyncProperty(sampleArchive, async ({ jobs, bytes }) => {
        const reading = makeZipLogArchive().read(bytes, receiver);
        if (jobs.every((job) => textOf(job) === '')) await expect(reading).resolves.toBeDefined();
        else await expect(reading).rejects.toBeInstanceOf(OfReceiver);
      }),
      fuzzOptions(30),
    );
  });
});

describe('a zip bomb', () => {
  const megabytes = fc.integer({ min: 2, max: 24 });

  it('hands out little more than a megabyte, at once', async () => {
    await fc.assert(
      fc.asyncProperty(megabytes, fc.boolean(), async (size, lies) => {
        const bytes = lies ? aLyingZipBomb(size) : aZipBomb(size);
        const { content, handedOut } = await countArchive(bytes);
        expect(handedOut).toBeLessThanOrEqual(
          Math.max(1_000_000, bytes.length * DEFAULT_ZIP_LIMITS.ratio) + MAX_CHUNK_BYTES,
        );
        expect(content.logs.map(({ truncated }) => truncated)).toEqual([true]);
        expect(content.notes).toHaveLength(1);
      }),
      fuzzOptions(5, 0.05),
    );
  });

  it('of many entries stops at the limit for the whole archive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: 60 }), async (entries) => {
        const limits = { ...DEFAULT_ZIP_LIMITS, bytesInAll: 8_000_000, ratio: 1_000_000 };
        const bytes = aZipBombOfManyEntries(entries, 1, (index) => `test ${index}`);
        const { content, handedOut } = await countArchive(bytes, limits);
        expect(handedOut).toBe(limits.bytesInAll);
        expect(content.notes.join()).toMatch(/^Logs were cut: .*A log was left out: /);
      }),
      fuzzOptions(3, 0.05),
    );
  });

  it('of step files, as many as may be listed, hands out nothing', async () => {
    const { content, handedOut } = await countArchive(anArchiveOfManyEntries(DEFAULT_ZIP_LIMITS.listedEntries));
    expect(content.logs).toEqual([]);
    expect(content.notes).toHaveLength(1);
    expect(handedOut).toBe(0);
  });
});
