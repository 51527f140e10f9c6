import { execFile } from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32, createDeflateRaw } from 'node:zlib';
import { joinZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import type { ArchiveReading } from './read-archive.ts';
import type { Row } from './row.ts';

/** The reader stops after 90 seconds; the gather function has 1769 MB of memory. */
const MAX_SECONDS = 90;
const MAX_MEGABYTES = 600;
const READER = fileURLToPath(new URL('./read-archive.ts', import.meta.url));

/** Writes the log as GitHub packs it: an archive with one file for one job. Returns the size of the log in bytes. */
async function packLog(logPath: string, zipPath: string): Promise<number> {
  let crc = 0;
  let size = 0;
  const deflate = createDeflateRaw();
  const log = createReadStream(logPath, { highWaterMark: 1 << 20 });
  log.on('data', (chunk) => {
    crc = crc32(chunk, crc);
    size += chunk.length;
  });
  const packed = Buffer.concat(await log.pipe(deflate).toArray());
  writeFileSync(
    zipPath,
    joinZip([{ name: '0_build.txt', packed, method: 8, crc, size, flags: 0x0800, mode: 0o100644 }]),
  );
  return size;
}

/** Reads a log slightly above the size limit with the reader of GitHub's archives, in a separate process. */
export async function archiveRow(logPath: string, outDir: string): Promise<Row> {
  const zipPath = join(outDir, 'big.zip');
  const size = await packLog(logPath, zipPath);
  const { stdout } = await promisify(execFile)(process.execPath, [READER, zipPath]);
  const { seconds, peakBytes, read, hasBeginning, hasEnd, notes } = JSON.parse(stdout) as ArchiveReading;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const ends = `beginning ${hasBeginning ? 'read' : 'not read'}, end ${hasEnd ? 'read' : 'not read'}`;
  return {
    measure: 'archive of a log of 1 GB, read as Gather does: beginning and end; time; peak memory',
    goal: `both read; ${MAX_SECONDS} s; ${MAX_MEGABYTES} MB`,
    measured: `${ends} (${megabytes(read)} of ${megabytes(size)} MB${notes.length > 1 ? `; ${notes.join(' ')}` : ''}); ${seconds.toFixed(0)} s; ${(peakBytes / 1e6).toFixed(0)} MB`,
    met: hasBeginning && hasEnd && seconds <= MAX_SECONDS && peakBytes / 1e6 <= MAX_MEGABYTES,
  };
}
