/** What the API takes of a log in one request, as JSON. Bytes. */
const MAX_REQUEST_BYTES = 2_900_000;
/** Kept of the beginning and of the end of a file that is larger: a failure is most often told at the end. Bytes. */
const HEAD_BYTES = 500_000;
const TAIL_BYTES = 2_300_000;
/** The page is given time to draw after so many bytes. */
const BREATH_BYTES = 8_000_000;

/** A log, or its beginning and its end. */
export interface ReadLog {
  readonly name: string;
  /** What is sent: whole lines. */
  readonly text: string;
  /** Of the whole log. */
  readonly lines: number;
  readonly bytes: number;
  /** Lines of the beginning; those after it begin with `tailFrom`, 1-based. All lines of a log that is sent whole. */
  readonly headLines: number;
  readonly tailFrom: number;
  /** What the reader should know about how it was read; null for nothing. */
  readonly note: string | null;
}

/** The file is no log that can be read; the message says why and what to do. */
class UnreadableLog extends Error {
  override readonly name = 'UnreadableLog';
}

export interface Reading {
  readonly signal: AbortSignal;
  /** Share of the file that was read, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** Reads a text or a gzip file piece by piece; memory stays bounded. Throws `UnreadableLog`. */
export async function readLogFile(file: File, reading: Reading): Promise<ReadLog> {
  if (file.size === 0) throw new UnreadableLog(`${file.name} is empty.`);
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (start[0] === 0x50 && start[1] === 0x4b)
    throw new UnreadableLog(`${file.name} is a zip archive. Unpack it and choose the log in it.`);
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  let read = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      read += chunk.byteLength;
      reading.onProgress(read / file.size);
      controller.enqueue(chunk);
    },
  });
  const raw = file.stream().pipeThrough(counter);
  const ends = new HeadAndTail();
  const breaksOff = await collect(
    isGzip ? raw.pipeThrough(new DecompressionStream('gzip')) : raw,
    ends,
    reading.signal,
  );
  if (breaksOff && ends.bytes === 0)
    throw new UnreadableLog(`${file.name} cannot be unpacked: it is damaged. Unpack it yourself and choose the log.`);
  const note = breaksOff ? 'The archive breaks off or is damaged: only what could be unpacked was read.' : null;
  return logOf(file.name, ends, note);
}

/** What somebody pasted. Throws `UnreadableLog`. */
export function readPastedLog(text: string): ReadLog {
  const ends = new HeadAndTail();
  ends.add(new TextEncoder().encode(text.replaceAll('\r\n', '\n')));
  return logOf('What you pasted', ends, null);
}

/** The line of the whole log that is line `sent` of what was sent. */
export const wholeLine = ({ headLines, tailFrom }: ReadLog, sent: number): number =>
  sent <= headLines ? sent : sent - headLines + tailFrom - 1;

/** True when the stream broke off. Throws when it is called off. */
async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  ends: HeadAndTail,
  signal: AbortSignal,
): Promise<boolean> {
  const reader = stream.getReader();
  let next = BREATH_BYTES;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      ends.add(value);
      if (ends.bytes < next) continue;
      next = ends.bytes + BREATH_BYTES;
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    signal.throwIfAborted();
    if (error instanceof TypeError) return true;
    throw error;
  }
}

/** The first and the last bytes of a stream, and how many lines it has. */
class HeadAndTail {
  bytes = 0;
  newlines = 0;
  private readonly head: Uint8Array[] = [];
  private headBytes = 0;
  private readonly tail: Uint8Array[] = [];
  private tailBytes = 0;

  add(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.newlines += 1;
    const toHead = chunk.subarray(0, HEAD_BYTES - this.headBytes);
    if (toHead.byteLength > 0) this.head.push(toHead);
    this.headBytes += toHead.byteLength;
    const rest = chunk.subarray(toHead.byteLength);
    if (rest.byteLength === 0) return;
    this.tail.push(rest);
    this.tailBytes += rest.byteLength;
    for (
      let [first] = this.tail;
      first !== undefined && this.tailBytes - first.byteLength >= TAIL_BYTES;
      [first] = this.tail
    ) {
      this.tail.shift();
      this.tailBytes -= first.byteLength;
    }
  }

  /** Whether every byte is kept. */
  get isWhole(): boolean {
    return this.bytes === this.headBytes + this.tailBytes;
  }

  get first(): Uint8Array {
    return joined(this.head);
  }

  get last(): Uint8Array {
    return joined(this.tail);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

function logOf(name: string, ends: HeadAndTail, note: string | null): ReadLog {
  const { first, last, bytes } = ends;
  const encoding = encodingOf(name, first);
  const whole = ends.isWhole ? new TextDecoder(encoding).decode(joined([first, last])) : null;
  if (whole !== null && whole.trim() === '') throw new UnreadableLog(`${name} is empty.`);
  if (whole !== null && requestBytes(whole) <= MAX_REQUEST_BYTES) {
    const lines = linesIn(whole);
    return { name, text: whole, lines, bytes, headLines: lines, tailFrom: lines + 1, note };
  }
  if (encoding !== 'utf-8') throw new UnreadableLog(`${name} is too large for UTF-16. Save it as UTF-8 and try again.`);
  const text = new TextDecoder(encoding);
  let head = upToLastLine(text.decode(first));
  let tail = fromFirstLine(text.decode(last.subarray(Math.max(0, last.byteLength - TAIL_BYTES))));
  for (let size = requestBytes(head + tail); size > MAX_REQUEST_BYTES; size = requestBytes(head + tail)) {
    // Escaped characters take more room in the request than in the file.
    const share = (MAX_REQUEST_BYTES / size) * 0.95;
    head = upToLastLine(head.slice(0, Math.floor(head.length * share)));
    tail = fromFirstLine(tail.slice(tail.length - Math.floor(tail.length * share)));
  }
  const lines = ends.newlines + (tail.endsWith('\n') ? 0 : 1);
  return {
    name,
    text: head + tail,
    lines,
    bytes,
    headLines: newlinesIn(head),
    tailFrom: lines - linesIn(tail) + 1,
    note: [note, 'It is larger than one request may be: its beginning and its end were read.']
      .filter(Boolean)
      .join(' '),
  };
}

/** Throws `UnreadableLog` for what is not text. */
function encodingOf(name: string, first: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  const sample = first.subarray(0, 64_000);
  const zeros = sample.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  if (zeros > sample.byteLength / 100) throw new UnreadableLog(`${name} is not text. Choose a log, as text or as .gz.`);
  return 'utf-8';
}

const requestBytes = (text: string): number => new TextEncoder().encode(JSON.stringify(text)).byteLength;

const newlinesIn = (text: string): number => text.split('\n').length - 1;
const linesIn = (text: string): number => (text === '' ? 0 : newlinesIn(text) + (text.endsWith('\n') ? 0 : 1));

/** Without a last line that was cut, unless there is no other. A line end is added where there was none. */
function upToLastLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end === -1 ? `${text}\n` : text.slice(0, end + 1);
}

const fromFirstLine = (text: string): string => text.slice(text.indexOf('\n') + 1);
