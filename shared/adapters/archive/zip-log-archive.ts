import type { Readable } from 'node:stream';
import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { rawTextOf } from '@selfheal/kernel/text/raw-text.ts';
import { archivedJobName } from '@selfheal/log-reading/logs/job-name.ts';
import { type Entry, fromBufferPromise, getFileNameLowLevel, validateFileName, type ZipFile } from 'yauzl';
import type { ArchivedLog, LogArchiveContent, LogArchiveReader, ReceiveText } from '#shared/ports/log-archive.ts';
import { type ArchiveFile, chooseJobLogs, type JobLog } from './job-logs.ts';

export interface ZipLimits {
  /** Entries the archive may list; with more, nothing is read. */
  readonly listedEntries: number;
  /** Files that are read. */
  readonly readEntries: number;
  readonly bytesPerLog: number;
  readonly bytesInAll: number;
  /** Ratio of uncompressed to compressed size, checked from one megabyte on. */
  readonly ratio: number;
  /** Time for the whole archive; what is not read by then is left out. */
  readonly milliseconds: number;
}

export const DEFAULT_ZIP_LIMITS: ZipLimits = {
  listedEntries: 50_000,
  readEntries: 5_000,
  bytesPerLog: 1_000_000_000,
  bytesInAll: 1_500_000_000,
  ratio: 300,
  milliseconds: 90_000,
};

/** Share of a log's limit that is reserved for its end, where failures are. */
const TAIL_SHARE = 0.25;
const MAX_TAIL_BYTES = 4_000_000;
/**
 * Share of the archive's time after which no more beginnings are read, so that the ends of the logs are reached in
 * time.
 */
const HEAD_TIME_SHARE = 2 / 3;
/** How far beyond its limit a log is read to find its end. */
const MAX_SKIPPED_BYTES = 4_000_000_000;

const RATIO_LOOKED_AT_FROM = 1_000_000;
const FILE_TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/** Notes in order; the same reason for several entries is listed once, with their number. */
class Notes {
  readonly #counts = new Map<string, number>();
  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }
  list(): string[] {
    return [...this.#counts].map(([reason, count]) => (count === 1 ? reason : `${reason} (${count} times)`));
  }
}

function nameOf(entry: Entry): string {
  return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
}

/** Why an entry is skipped, or null. */
function refusalOf(entry: Entry, path: string): string | null {
  if (validateFileName(path) !== null) return 'An entry of the log archive was refused: its path leaves the archive.';
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK) === SYMBOLIC_LINK) {
    return 'An entry of the log archive was refused: it is a symbolic link.';
  }
  return entry.isEncrypted() ? 'An entry of the log archive was refused: it is encrypted.' : null;
}

/** Lists the readable files. A truncated directory keeps what was listed before. */
async function listFiles(zip: ZipFile, notes: Notes): Promise<ArchiveFile<Entry>[]> {
  const files: ArchiveFile<Entry>[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const path = nameOf(entry);
      const refusal = refusalOf(entry, path);
      if (refusal !== null) notes.add(refusal);
      else if (!path.endsWith('/')) files.push({ path, size: entry.uncompressedSize, entry });
    }
  } catch {
    notes.add('The log archive is damaged: its list of files is truncated.');
  }
  return files;
}

interface BoundedText {
  /** Takes bytes of the log; returns how many more are now read than before. */
  push(bytes: Uint8Array): number;
  /** Passes on no more of the beginning: what follows is only kept for the end. */
  closeHead(): void;
  /** Bytes that use no more of the limit, because others are dropped for them. */
  room(): number;
  /** So long that its end is not searched any further. */
  isTooLong(): boolean;
  /**
   * Passes on the last bytes, unless bytes before them were left out and they are not the end of the log. `skipped`:
   * bytes that were left out.
   */
  end(isWhole: boolean): { bytes: number; skipped: number };
}

/** Passes on the beginning of a text at once and keeps its last bytes, at most `limit` bytes in all. */
function makeBoundedText(limit: number, take: ReceiveText): BoundedText {
  const receive = (text: string): void => take(rawTextOf(text));
  const tailBytes = Math.min(MAX_TAIL_BYTES, Math.floor(limit * TAIL_SHARE));
  let headBytes = limit - tailBytes;
  const decoder = new TextDecoder();
  let head = 0;
  let tail: Uint8Array[] = [];
  let inTail = 0;
  let skipped = 0;
  const keep = (bytes: Uint8Array): void => {
    tail.push(Buffer.from(bytes));
    inTail += bytes.length;
    // Merged now and then, so that small pieces do not pile up.
    if (inTail <= 2 * tailBytes) return;
    const all = Buffer.concat(tail);
    const last = all.subarray(all.length - tailBytes);
    skipped += all.length - last.length;
    [tail, inTail] = [[Buffer.from(last)], last.length];
  };
  return {
    push(bytes) {
      const before = head + Math.min(inTail + skipped, tailBytes);
      const first = bytes.subarray(0, Math.max(0, headBytes - head));
      head += first.length;
      if (first.length > 0) receive(decoder.decode(first, { stream: true }));
      if (first.length < bytes.length) keep(bytes.subarray(first.length));
      return head + Math.min(inTail + skipped, tailBytes) - before;
    },
    closeHead() {
      headBytes = head;
    },
    room: () => (head === headBytes && inTail + skipped >= tailBytes ? Number.MAX_SAFE_INTEGER / 2 : 0),
    isTooLong: () => skipped > MAX_SKIPPED_BYTES,
    end(isWhole) {
      const all = Buffer.concat(tail);
      const last = all.subarray(Math.max(0, all.length - tailBytes));
      skipped += all.length - last.length;
      if (skipped === 0) {
        receive(decoder.decode(last));
        return { bytes: head + last.length, skipped };
      }
      if (!isWhole) {
        receive(decoder.decode());
        return { bytes: head, skipped: skipped + last.length };
      }
      receive(decoder.decode());
      // The line at the cut belongs to neither part.
      const whole = last.subarray(Math.max(0, last.indexOf(10)));
      receive(new TextDecoder().decode(whole));
      return { bytes: head + whole.length, skipped: skipped + last.length - whole.length };
    },
  };
}

/** Remaining limits while an archive is read. */
interface Budget {
  entries: number;
  bytes: number;
}

type Stop = 'end' | 'log-limit' | 'archive-limit' | 'ratio' | 'time' | 'damaged';

const STOP_NOTES = {
  'log-limit': 'A log was cut: it is longer than the limit for one log.',
  'archive-limit': 'Logs were cut: the archive contains more than the total limit.',
  ratio: 'A log was cut: it is compressed far more than a log can be.',
  time: 'A log was cut: the time to read it was used up.',
  damaged: 'A log breaks off: the archive is damaged or truncated.',
} as const satisfies Record<Exclude<Stop, 'end'>, string>;

/** Reads one file's stream piece by piece; errors of the archive stop it, errors of the receiver are thrown. */
async function readPart(open: () => Promise<Readable>, take: (bytes: Uint8Array) => Stop | null): Promise<Stop> {
  let stream: Readable;
  try {
    stream = await open();
  } catch {
    return 'damaged';
  }
  try {
    const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await chunks.next().catch(() => null);
      if (next === null) return 'damaged';
      if (next.done === true) return 'end';
      const stop = take(next.value);
      if (stop !== null) return stop;
    }
  } finally {
    stream.destroy();
  }
}

class ArchiveReading {
  readonly #zip: ZipFile;
  readonly #limits: ZipLimits;
  readonly #notes: Notes;
  readonly #budget: Budget;
  readonly #deadline: number;
  readonly #headDeadline: number;

  constructor(zip: ZipFile, limits: ZipLimits, notes: Notes) {
    this.#zip = zip;
    this.#limits = limits;
    this.#notes = notes;
    this.#budget = { entries: limits.readEntries, bytes: limits.bytesInAll };
    const now = performance.now();
    this.#deadline = now + limits.milliseconds;
    this.#headDeadline = now + limits.milliseconds * HEAD_TIME_SHARE;
  }

  /** Streams one job's parts into `receive`: all of it, or as much of its beginning and of its end as the limit for one log allows. */
  async readLog(log: JobLog<Entry>, receive: ReceiveText): Promise<{ bytes: number; truncated: boolean }> {
    const text = makeBoundedText(this.#limits.bytesPerLog, receive);
    let stop: Stop = 'end';
    let isLate = false;
    for (const part of log.parts) {
      this.#budget.entries -= 1;
      let partBytes = 0;
      stop = await readPart(
        () => this.#zip.openReadStreamPromise(part.entry),
        (chunk) => {
          partBytes += chunk.length;
          if (!isLate && performance.now() > this.#headDeadline) {
            isLate = true;
            text.closeHead();
          }
          for (let rest = chunk; rest.length > 0; ) {
            const piece = rest.subarray(0, this.#budget.bytes + text.room());
            if (piece.length === 0) return 'archive-limit';
            this.#budget.bytes -= text.push(piece);
            rest = rest.subarray(piece.length);
          }
          if (text.isTooLong()) return 'log-limit';
          if (performance.now() > this.#deadline) return 'time';
          return this.#tooDense(partBytes, part.entry.compressedSize) ? 'ratio' : null;
        },
      );
      if (stop !== 'end') break;
    }
    const { bytes, skipped } = text.end(stop === 'end');
    if (stop !== 'end') this.#notes.add(STOP_NOTES[stop]);
    else if (skipped > 0)
      this.#notes.add(
        `A log is longer than ${isLate ? 'there was time for' : 'the limit for one log'}: ${numberText(skipped)} bytes before its last ones were not read.`,
      );
    return { bytes, truncated: stop !== 'end' || skipped > 0 };
  }

  #tooDense(uncompressed: number, compressed: number): boolean {
    return uncompressed > RATIO_LOOKED_AT_FROM && uncompressed > compressed * this.#limits.ratio;
  }

  async readAll(
    logs: readonly JobLog<Entry>[],
    open: (log: ArchivedLog) => ReceiveText | null,
  ): Promise<LogArchiveContent['logs']> {
    const read: (ArchivedLog & { bytes: number; truncated: boolean })[] = [];
    for (const log of logs) {
      const about = { job: archivedJobName(log.job) };
      const receive = open(about);
      if (receive === null) continue;
      const isLate = performance.now() > this.#deadline;
      if (isLate || this.#budget.entries < log.parts.length || this.#budget.bytes <= 0) {
        this.#notes.add('A log was left out: the limits for the whole archive are used up.');
        continue;
      }
      read.push({ ...about, ...(await this.readLog(log, receive)) });
    }
    return read;
  }
}

async function openArchive(bytes: Uint8Array, notes: Notes): Promise<ZipFile | null> {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return await fromBufferPromise(buffer, { lazyEntries: true, decodeStrings: false, autoClose: false });
  } catch {
    const looksLikeZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    notes.add(
      looksLikeZip
        ? 'The log archive could not be read: it is truncated or damaged.'
        : 'The log archive could not be read: it is not a zip file.',
    );
    return null;
  }
}

/** Reads GitHub's log archives with yauzl, streaming, within limits. Omissions are listed in the notes. */
export function makeZipLogArchive(limits: ZipLimits = DEFAULT_ZIP_LIMITS): LogArchiveReader {
  return {
    async read(bytes, open) {
      const notes = new Notes();
      const zip = await openArchive(bytes, notes);
      if (zip === null) return { logs: [], notes: notes.list() };
      try {
        if (zip.entryCount > limits.listedEntries) {
          notes.add(
            `The log archive was not read: it lists ${zip.entryCount} entries, more than the ${limits.listedEntries} allowed.`,
          );
          return { logs: [], notes: notes.list() };
        }
        const chosen = chooseJobLogs(await listFiles(zip, notes));
        if (chosen.length === 0) notes.add('The log archive contains no job log.');
        return { logs: await new ArchiveReading(zip, limits, notes).readAll(chosen, open), notes: notes.list() };
      } finally {
        zip.close();
      }
    },
  };
}
