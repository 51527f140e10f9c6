import { dirname, join, resolve } from 'node:path';
import { type DataFile, parseOwnSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { readOwnSignatureFiles } from '#shared/adapters/archive/own-signature-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';

/**
 * The user's signature files, to be packed with the functions; empty if the configuration names no folder. Reports to `report`, with file, line and
 * reason, each signature that is left out and each that fails its own examples. Throws `InvalidInput` if the folder cannot be read.
 */
export async function ownSignatureFiles(
  { signatures }: Pick<Configuration, 'signatures'>,
  places: { readonly configurationFile: string; readonly dataDirectory: string },
  report: (problem: string) => void,
): Promise<readonly DataFile[]> {
  if (signatures === null) return [];
  const folder = resolve(dirname(places.configurationFile), signatures.folder);
  const read = await readOwnSignatureFiles(folder).catch((cause: unknown) => {
    const reason = `the folder of signatures ${folder} cannot be read. Correct signatures.folder.`;
    throw new InvalidInput(`${places.configurationFile}: ${reason}`, { cause });
  });
  const shipped = await loadSignatures(places.dataDirectory);
  const { problems, broken } = parseOwnSignatures(read.files, shipped.signatures.all, await loadRe2Engine());
  for (const problem of [...read.problems, ...problems]) report(join(folder, problem));
  for (const problem of broken) report(`${problem} (used anyway)`);
  return read.files;
}
