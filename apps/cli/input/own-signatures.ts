import { join } from 'node:path';
import { readOwnSignatureFiles } from '#shared/adapters/archive/own-signature-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { parseOwnSignatures, type SignatureSet } from '#shared/domain/failure/signatures.ts';
import { UsageError } from '../command.ts';
import { inputError } from './input-error.ts';

type Say = (message: string) => void;

/**
 * The shipped signatures and those of a user's folder (`*.yaml`, `*.yml`, `*.json`). A file or signature that is not sound is named with file,
 * line and reason; the others load. One that breaks its own examples is named too. Throws UsageError when the folder cannot be read.
 */
export async function withOwnSignatures(base: SignatureSet, folder: string, say: Say): Promise<SignatureSet> {
  const read = await readOwnSignatureFiles(folder).catch((error: unknown) => {
    throw inputError(folder, error);
  });
  if (read.files.length + read.problems.length === 0)
    throw new UsageError(`${folder}: it holds no .yaml, .yml or .json file with signatures.`);
  const { signatures, problems, broken } = parseOwnSignatures(read.files, base.all, await loadRe2Engine());
  for (const problem of [...read.problems, ...problems]) say(`selfheal: signature left out: ${join(folder, problem)}`);
  for (const problem of broken) say(`selfheal: ${problem} (it is used all the same)`);
  return signatures;
}
