import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Entry } from './entries.ts';
import { CorruptJournal } from './faults.ts';

/** Splits JSON Lines; a last line without its newline was torn by a crash and never counted as written. */
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

/** The transitions of one execution, written ahead: a line is in the file before what follows from it begins. */
export class Journal {
  readonly file: string;
  #bytes: number;
  #broken = false;

  private constructor(file: string, bytes: number) {
    this.file = file;
    this.#bytes = bytes;
  }

  /** @throws Error `EEXIST` when the file is there already */
  static create(file: string, first: Entry): Journal {
    const line = `${JSON.stringify(first)}\n`;
    writeFileSync(file, line, { flag: 'wx' });
    return new Journal(file, Buffer.byteLength(line));
  }

  /** Reads a journal back and cuts a torn last line off. @throws CorruptJournal */
  static reopen(file: string): { journal: Journal; entries: Entry[] } {
    const bytes = readFileSync(file);
    const { values, intactBytes } = parseLines<Entry>(bytes, file);
    if (intactBytes !== bytes.length) truncateSync(file, intactBytes);
    return { journal: new Journal(file, intactBytes), entries: values };
  }

  /** Adds one line; it is in the file when this returns. A half-written line is taken back. */
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

  /** Removes the file: the execution never was. */
  discard(): void {
    rmSync(this.file, { force: true });
  }

  /** Waits until the lines so far would survive a loss of power too. */
  async sync(): Promise<void> {
    const handle = await open(this.file, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}
