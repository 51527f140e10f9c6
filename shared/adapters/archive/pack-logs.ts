import { crc32 } from 'node:zlib';
import type { JobText } from '#shared/ports/host-api.ts';

/** Characters that a job's name loses in an archive: see `archivedJobName`. */
const FORBIDDEN = /["*/:<>?\\|\p{Cc}]/gu;
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const STORED = 0;

/**
 * A zip archive of job logs in the layout that `chooseJobLogs` reads: `0_build.txt`, `1_test.txt`. Stored without compression: it is read again in the
 * same process. APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export function packLogs(texts: readonly JobText[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [at, { job, bytes }] of texts.entries()) {
    const name = Buffer.from(`${at}_${job.replace(FORBIDDEN, '').trim().slice(0, 80) || 'job'}.txt`, 'utf8');
    const common = fields([2, VERSION], [2, FLAGS], [2, STORED], [4, 0], [4, crc32(bytes)]);
    const sizes = fields([4, bytes.byteLength], [4, bytes.byteLength], [2, name.byteLength], [2, 0]);
    const local = [fields([4, LOCAL_HEADER]), common, sizes, name, bytes];
    parts.push(...local);
    const place = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    directory.push(fields([4, CENTRAL_HEADER], [2, VERSION]), common, sizes, place, name);
    offset += local.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
  const size = directory.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const count = texts.length;
  const end = fields([4, END_OF_DIRECTORY], [4, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]);
  return Buffer.concat([...parts, ...directory, end]);
}

/** Unsigned little-endian numbers of two or four bytes. */
function fields(...values: readonly (readonly [2 | 4, number])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of values) {
    buffer.writeUIntLE(value >>> 0, at, width);
    at += width;
  }
  return buffer;
}
