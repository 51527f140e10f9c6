import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DamagedFile } from '@selfheal/fake-server/damaged-file.ts';
import type { ExecutionSummary } from './contract.ts';
import type { Entry, Header } from './entries.ts';
import { CorruptJournal } from './faults.ts';
import { Journal, parseLines } from './journal.ts';

/** A running execution found on disk. */
export interface FoundJournal {
  readonly journal: Journal;
  readonly entries: readonly Entry[];
}

export interface Found {
  readonly running: readonly FoundJournal[];
  readonly ended: readonly ExecutionSummary[];
  /** Journals that cannot be read. */
  readonly corrupt: readonly { readonly header: Header | null; readonly file: string; readonly reason: string }[];
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The journals' folder: `running/`, `ended/` (compressed), `corrupt/`, `definitions/` and `ended.jsonl`. */
export class Store {
  readonly #dir: string;
  #archiving: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.#dir = dataDir;
    for (const folder of ['running', 'ended', 'corrupt', 'definitions']) {
      mkdirSync(join(dataDir, folder), { recursive: true });
    }
  }

  /** File name of an execution: readable, unique and valid on every file system. */
  #file(header: Pick<Header, 'executionArn' | 'name'>): string {
    const readable = header.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 80);
    return `${readable}.${sha256(header.executionArn).slice(0, 16)}.jsonl`;
  }

  #running(header: Pick<Header, 'executionArn' | 'name'>): string {
    return join(this.#dir, 'running', this.#file(header));
  }

  #ended(header: Pick<Header, 'executionArn' | 'name'>): string {
    return join(this.#dir, 'ended', `${this.#file(header)}.gz`);
  }

  /** Stores a definition's JSON text and returns its digest. */
  saveDefinition(text: string): string {
    const digest = sha256(text);
    const file = join(this.#dir, 'definitions', `${digest}.json`);
    if (existsSync(file)) return digest;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    return digest;
  }

  /** @throws CorruptJournal when the file is gone or damaged: the executions that began with it cannot go on */
  definition(digest: string): string {
    const file = join(this.#dir, 'definitions', `${digest}.json`);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : null;
    if (text !== null && sha256(text) === digest) return text;
    throw new CorruptJournal(`${file}, the definition that it began with, is ${text === null ? 'gone' : 'damaged'}`);
  }

  create(header: Header): Journal {
    return Journal.create(this.#running(header), { type: 'started', at: header.startedAt, header });
  }

  /** Reads everything that earlier processes left. */
  load(): Found {
    const running: FoundJournal[] = [];
    const corrupt: { header: Header | null; file: string; reason: string }[] = [];
    for (const name of readdirSync(join(this.#dir, 'running'))) {
      const file = join(this.#dir, 'running', name);
      try {
        const found = Journal.reopen(file);
        // Without a complete first line no caller was told that the execution exists.
        if (found.entries.length === 0) rmSync(file);
        else running.push(found);
      } catch (error) {
        if (!(error instanceof CorruptJournal)) throw error;
        corrupt.push({ header: firstHeader(file), file, reason: error.message });
      }
    }
    return { running, corrupt, ended: this.#loadIndex() };
  }

  /** Moves an unusable journal to `corrupt/` for inspection. */
  setAside(file: string): void {
    renameSync(file, join(this.#dir, 'corrupt', basename(file)));
  }

  #loadIndex(): ExecutionSummary[] {
    const file = join(this.#dir, 'ended.jsonl');
    if (!existsSync(file)) return [];
    const bytes = readFileSync(file);
    const { values, intactBytes } = readIndex(bytes, file);
    if (intactBytes !== bytes.length) truncateSync(file, intactBytes);
    return values;
  }

  remember(summary: ExecutionSummary): void {
    appendFileSync(join(this.#dir, 'ended.jsonl'), `${JSON.stringify(summary)}\n`);
  }

  /** Compresses an ended journal in the background, one at a time. */
  archive(header: Pick<Header, 'executionArn' | 'name'>): void {
    this.#archiving = this.#archiving.then(async () => {
      const [from, to] = [this.#running(header), this.#ended(header)];
      await writeFile(`${to}.new`, await promisify(gzip)(await readFile(from)));
      await rename(`${to}.new`, to);
      await rm(from);
    });
    // A journal that could not be moved stays readable where it is; the next start moves it.
    this.#archiving = this.#archiving.catch(() => {});
  }

  /** Waits for the archiving in progress. */
  async settle(): Promise<void> {
    await this.#archiving;
  }

  /** All entries of an execution, running or ended. */
  async entriesOf(header: Pick<Header, 'executionArn' | 'name'>): Promise<Entry[]> {
    const plain = await readFile(this.#running(header)).catch(() => null);
    const bytes = plain ?? (await promisify(gunzip)(await readFile(this.#ended(header))));
    return parseLines<Entry>(bytes, header.name).values;
  }
}

function readIndex(bytes: Buffer, file: string): ReturnType<typeof parseLines<ExecutionSummary>> {
  try {
    return parseLines<ExecutionSummary>(bytes, file);
  } catch (error) {
    if (error instanceof CorruptJournal) throw new DamagedFile(file, 'the list of executions that have ended', error);
    throw error;
  }
}

function firstHeader(file: string): Header | null {
  try {
    const first = JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '') as Entry;
    return first.type === 'started' ? first.header : null;
  } catch {
    return null;
  }
}
