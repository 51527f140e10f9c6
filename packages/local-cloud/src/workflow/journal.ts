import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Entry } from './entries.ts';
import { CorruptJournal } from './faults.ts';

/** Splits JSON Lines. A last line without a newline was cut off by a crash and does not count. */
export function parseLines<T>(bytes: Buffer, where: string): { values: T[]; intactBytes: number } {
  const intactBytes = bytes.lastIndexOf(10) + 1;
  const lines = bytes.toString('utf8', 0, intactBytes).split('\n').slice(0, -1);
  const values = lines.map((line, index): T => {
    try {
      return JSON.parse(line) as T;
    } catch (error) {
      throw new CorruptJournal(`${where}, line ${index + 1}: ${(error as Error).message}`);
    }
  });
  return { values, intactBytes };
}

/** The transitions of one execution, written ahead: a line is in the file before its consequences begin. */
export class Journal {
  readonly file: string;
  #bytes: number;
  #broken = false;

  private constructor(file: string, bytes: number) {
    this.file = file;
    this.#bytes = bytes;
  }

  /** @throws Error `EEXIST` when the file already exists */
  static create(file: string, first: Entry): Journal {
    const line = `${JSON.stringify(first)}\n`;
    writeFileSync(file, line, { flag: 'wx' });
    return new Journal(file, Buffer.byteLength(line));
  }

  /** Reads a journal and removes an incomplete last line. @throws CorruptJournal */
  static reopen(file: string): { journal: Journal; entries: Entry[] } {
    const bytes = readFileSync(file);
    const { values, intactBytes } = parseLines<Entry>(bytes, file);
    if (intactBytes !== bytes.length) truncateSync(file, intactBytes);
    return { journal: new Journal(file, intactBytes), entries: values };
  }

  /** Adds one line; it is in the file when this returns. An incomplete line is removed. */
  append(entry: Entry): void {
    if (this.#broken) throw new CorruptJournal(`${this.file} could not be written before`);
    const line = `${JSON.stringify(entry)}\n`;
    try {
      appendFileSync(this.file, line);
    } catch (error) {
      this.#broken = true;
      truncateSync(this.file, this.#bytes);
      throw error;
    }
    this.#bytes += Buffer.byteLength(line);
  }

  /** Removes the file, as if the execution had never started. */
  discard(): void {
    rmSync(this.file, { force: true });
  }

  /** Waits until all lines so far are safe from a power failure. */
  async sync(): Promise<void> {
    const handle = await open(this.file, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}
