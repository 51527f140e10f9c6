import { constants, crc32, deflateRawSync } from 'node:zlib';
import { joinZip, type PackedEntry, packEntry, writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';

const MEGABYTE = 1 << 20;
const LOG = '2026-11-20T10:00:00.0000000Z ##[error]Process completed with exit code 1.\n';

/** A small, good log archive of one failed job. */
export function aLogArchive(lines = 200): Buffer {
  const text = Array.from(
    { length: lines },
    (_, n) => `2026-11-20T10:00:00.${String(n).padStart(7, '0')}Z line ${n}\n`,
  );
  return writeZip([
    { name: '0_test.txt', content: text.join('') + LOG },
    { name: 'test/', content: '' },
    { name: 'test/1_Set up job.txt', content: text.slice(0, 20).join('') },
    { name: 'test/2_Unit tests.txt', content: text.slice(20).join('') + LOG },
  ]);
}

/** Cut off in the middle, as a broken download is. */
export function aTruncatedArchive(): Buffer {
  const whole = aLogArchive();
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** One entry that unpacks to this many megabytes of zeros, about a thousand times its size. */
export function aZipBomb(megabytes = 512): Buffer {
  return joinZip([bombEntry('0_test.txt', megabytes)]);
}

/** A bomb whose directory says that it is small. */
export function aLyingZipBomb(megabytes = 512): Buffer {
  return joinZip([{ ...bombEntry('0_test.txt', megabytes), size: 1000 }]);
}

/** Many entries, each harmless alone; of one job unless `jobOf` names another for each. */
export function aZipBombOfManyEntries(
  entries = 200,
  megabytesEach = 8,
  jobOf: (index: number) => string = () => 'test',
): Buffer {
  const one = bombEntry('', megabytesEach);
  return joinZip(Array.from({ length: entries }, (_, index) => ({ ...one, name: `${index}_${jobOf(index)}.txt` })));
}

/** Blocks of zeros, flushed one by one, can be repeated without compressing again; 0x03 0x00 ends the stream (RFC 1951). */
function bombEntry(name: string, megabytes: number): PackedEntry {
  const zeros = Buffer.alloc(MEGABYTE);
  const block = deflateRawSync(zeros, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const packed = Buffer.concat([...Array.from({ length: megabytes }, () => block), Buffer.from([0x03, 0x00])]);
  let crc = 0;
  for (let done = 0; done < megabytes; done += 1) crc = crc32(zeros, crc);
  return { name, packed, method: 8, crc, size: megabytes * MEGABYTE, flags: 0x0800, mode: 0o100644 };
}

/** More entries than a log archive ever has; the directory needs zip64. */
export function anArchiveOfManyEntries(entries = 100_000): Buffer {
  const one = packEntry({ name: '', content: LOG });
  return joinZip(Array.from({ length: entries }, (_, index) => ({ ...one, name: `job/${index}_step.txt` })));
}

const TRAVERSING_NAMES = [
  '../../etc/cron.d/job.txt',
  '/etc/passwd.txt',
  '..\\..\\windows\\job.txt',
  'C:\\job.txt',
  'job/../../up.txt',
  'job/\u0000hidden.txt',
] as const;

/** Names that point outside the archive, beside one good log. */
export function aTraversingArchive(): Buffer {
  const good = { name: '0_test.txt', content: LOG };
  return writeZip([good, ...TRAVERSING_NAMES.map((name) => ({ name, content: LOG }))]);
}

/** An entry that is a symbolic link to a file outside. */
export function aLinkingArchive(): Buffer {
  const link = packEntry({ name: '0_test.txt', content: '/etc/passwd' });
  return joinZip([{ ...link, mode: 0o120777 }]);
}

/** An entry that says it is encrypted. */
export function anEncryptedArchive(): Buffer {
  const entry = packEntry({ name: '0_test.txt', content: LOG });
  return joinZip([{ ...entry, flags: entry.flags | 0x0001 }]);
}

/** An entry packed with a method (LZMA) that a log archive never uses. */
export function anArchiveOfUnknownMethod(): Buffer {
  return joinZip([{ ...packEntry({ name: '0_test.txt', content: LOG }), method: 14 }]);
}

/** An entry whose packed bytes are damaged. */
export function aDamagedArchive(): Buffer {
  const entry = packEntry({ name: '0_test.txt', content: LOG.repeat(50) });
  return joinZip([
    { ...entry, packed: Buffer.from(entry.packed.map((byte, index) => (index > 4 ? byte ^ 0x5a : byte))) },
  ]);
}

/** The page of a proxy in place of the archive. */
export function notAnArchive(): Buffer {
  return Buffer.from('<html><body>502 Bad Gateway</body></html>');
}

export function anEmptyArchive(): Buffer {
  return writeZip([]);
}

/** Every archive that must be refused or read in part, by name; small enough for every test run. */
export const HOSTILE_ARCHIVES: Readonly<Record<string, () => Buffer>> = {
  'a truncated archive': aTruncatedArchive,
  'a zip bomb': () => aZipBomb(256),
  'a zip bomb that lies about its size': () => aLyingZipBomb(256),
  'a zip bomb of many entries': aZipBombOfManyEntries,
  'an archive of 100,000 entries': anArchiveOfManyEntries,
  'an archive with path traversal': aTraversingArchive,
  'an archive with a symbolic link': aLinkingArchive,
  'an encrypted archive': anEncryptedArchive,
  'an archive packed with an unknown method': anArchiveOfUnknownMethod,
  'a damaged archive': aDamagedArchive,
  'something that is not an archive': notAnArchive,
  'an empty archive': anEmptyArchive,
};
