import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  brokenExamples,
  type DataFile,
  parseSignatures,
  type SignatureSet,
} from '#shared/domain/failure/signatures.ts';
import { UsageError } from '../command.ts';
import { inputError } from './input-error.ts';

type Say = (message: string) => void;

/** Reads one file and where each of its signatures stands; what YAML refuses is a problem with its line. */
async function readOwnFile(folder: string, name: string): Promise<DataFile | string> {
  const { isSeq, LineCounter, parseDocument } = await import('yaml');
  const text = await readFile(join(folder, name), 'utf8');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const error = document.errors[0];
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    return `${name}:${line}: ${error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`;
  }
  const list = document.get('signatures');
  const items = isSeq(list) ? list.items : [];
  const lines = items.map((item) => {
    const { range } = (item ?? {}) as { range?: readonly number[] | null };
    return lineCounter.linePos(range?.[0] ?? 0).line;
  });
  return { name, content: document.toJS({ maxAliasCount: 0 }) as unknown, lines };
}

/**
 * The shipped signatures and those of a user's folder (`*.yaml`, `*.yml`, `*.json`). A file or signature that is not sound, or is slow by
 * its form, is named with file, line and reason; the others load. One that breaks its own examples is named too. Throws UsageError when the folder
 * cannot be read.
 */
export async function withOwnSignatures(base: SignatureSet, folder: string, say: Say): Promise<SignatureSet> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw inputError(folder, error);
  });
  const wanted = names.filter((name) => /\.(?:ya?ml|json)$/.test(name)).sort();
  if (wanted.length === 0) throw new UsageError(`${folder}: it holds no .yaml, .yml or .json file with signatures.`);
  const read = await Promise.all(wanted.map((name) => readOwnFile(folder, name)));
  const files = read.filter((one): one is DataFile => typeof one !== 'string');
  const { signatures, problems } = parseSignatures(files, base.all);
  const shipped = new Set(base.all);
  const own = signatures.all.filter((compiled) => !shipped.has(compiled));
  const broken = own.flatMap((compiled) =>
    brokenExamples(compiled).map(
      (problem) => `signature ${compiled.signature.id}: ${problem} (it is used all the same)`,
    ),
  );
  for (const problem of [...read.filter((one) => typeof one === 'string'), ...problems]) {
    say(`selfheal: signature left out: ${join(folder, problem)}`);
  }
  for (const problem of broken) say(`selfheal: ${problem}`);
  return signatures;
}
