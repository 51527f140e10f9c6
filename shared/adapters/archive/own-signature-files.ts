import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFile } from '@selfheal/diagnosis/failure/signatures.ts';

/** Maximum size of a file; longer ones are not handwritten. */
const MAX_CHARACTERS = 256_000;

/** Content of a user's signature folder. */
export interface OwnSignatureFiles {
  readonly files: readonly DataFile[];
  /** Files that are not valid YAML, each with its line and the reason. */
  readonly problems: readonly string[];
}

/** Reads the `*.yaml`, `*.yml` and `*.json` of a folder, with the line of each signature. Throws when the folder cannot be read. */
export async function readOwnSignatureFiles(folder: string): Promise<OwnSignatureFiles> {
  const names = (await readdir(folder)).filter((name) => /\.(?:ya?ml|json)$/.test(name)).sort();
  const read = await Promise.all(names.map((name) => readOwnFile(folder, name)));
  return {
    files: read.filter((one): one is DataFile => typeof one !== 'string'),
    problems: read.filter((one) => typeof one === 'string'),
  };
}

/** One file with the position of each signature; YAML errors are problems with their line. */
async function readOwnFile(folder: string, name: string): Promise<DataFile | string> {
  const { isAlias, isSeq, LineCounter, parseDocument, visit } = await import('yaml');
  const text = await readFile(join(folder, name), 'utf8');
  if (text.length > MAX_CHARACTERS) return `${name}:1: it is longer than ${MAX_CHARACTERS} characters`;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const error = document.errors[0];
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    return `${name}:${line}: ${error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`;
  }
  let alias: number | null = null;
  visit(document, (_, node) => {
    if (!isAlias(node)) return undefined;
    alias = node.range?.[0] ?? 0;
    return visit.BREAK;
  });
  if (alias !== null)
    return `${name}:${lineCounter.linePos(alias).line}: aliases (*name) are not read: write the value out`;
  const list = document.get('signatures');
  const items = isSeq(list) ? list.items : [];
  const lines = items.map((item) => {
    const { range } = (item ?? {}) as { range?: readonly number[] | null };
    return lineCounter.linePos(range?.[0] ?? 0).line;
  });
  return { name, content: document.toJS({ maxAliasCount: 0 }) as unknown, lines };
}
