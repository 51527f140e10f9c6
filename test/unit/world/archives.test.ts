import { inflateRawSync } from 'node:zlib';
import { readZipEntry } from '@selfheal/fake-github/zip/zip-reader.ts';
import { writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import {
  aLogArchive,
  anArchiveOfManyEntries,
  aTruncatedArchive,
  aZipBomb,
  HOSTILE_ARCHIVES,
  notAnArchive,
} from '#test/builders/archives.ts';

describe('the zip writer', () => {
  it('writes what an independent reader reads back', async () => {
    const zip = await fromBufferPromise(aLogArchive(), {});
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) names.push(entry.fileName);
    expect(names).toEqual(['0_test.txt', 'test/', 'test/1_Set up job.txt', 'test/2_Unit tests.txt']);
  });

  it('keeps every byte of an entry, names beyond ASCII included', () => {
    const content = 'größer \u001b[31m✖\u001b[0m\n'.repeat(300);
    const zip = writeZip([{ name: 'ein Job/1_prüfen ✓.txt', content }]);
    expect(readZipEntry(zip, (name) => name.endsWith('✓.txt'))?.toString()).toBe(content);
    expect(readZipEntry(zip, () => false)).toBeNull();
  });
});

describe('hostile archives', () => {
  it('has 100,000 entries in one archive', async () => {
    const zip = await fromBufferPromise(anArchiveOfManyEntries(), {});
    expect(zip.entryCount).toBe(100_000);
  });

  it('packs a bomb at about a thousandth', () => {
    const bomb = aZipBomb(64);
    expect(bomb.length).toBeLessThan(64 * 1200);
    const start = bomb.indexOf('0_test.txt') + '0_test.txt'.length;
    expect(inflateRawSync(bomb.subarray(start)).length).toBe(64 << 20);
  });

  it('has some that no reader opens', async () => {
    await expect(fromBufferPromise(aTruncatedArchive(), {})).rejects.toThrow();
    await expect(fromBufferPromise(notAnArchive(), {})).rejects.toThrow();
    for (const make of Object.values(HOSTILE_ARCHIVES)) expect(make().length).toBeLessThan(24 << 20);
  });
});
