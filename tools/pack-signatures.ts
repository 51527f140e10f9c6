import { dirname, join, resolve } from 'node:path';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { readOwnSignatureFiles } from '#shared/adapters/archive/own-signature-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type DataFile, parseOwnSignatures } from '#shared/domain/failure/signatures.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';

/**
 * The files of the user's own signatures that a configuration names, to be packed with the functions; none when it names none. What is left
 * out, and what breaks its own examples, is reported to `say` with file, line and reason. Throws `InvalidInput` when the folder cannot be read.
 */
export async function ownSignatureFiles(
  { signatures }: Pick<Configuration, 'signatures'>,
  places: { readonly configurationFile: string; readonly dataDirectory: string },
  say: (problem: string) => void,
): Promise<readonly DataFile[]> {
  if (signatures === null) return [];
  const folder = resolve(dirname(places.configurationFile), signatures.folder);
  const read = await readOwnSignatureFiles(folder).catch((cause: unknown) => {
    const reason = `the folder of signatures ${folder} cannot be read.`;
    throw new InvalidInput(`${places.configurationFile}: ${reason}`, { cause });
  });
  const shipped = await loadSignatures(places.dataDirectory);
  const { problems, broken } = parseOwnSignatures(read.files, shipped.signatures.all, await loadRe2Engine());
  for (const problem of [...read.problems, ...problems]) say(join(folder, problem));
  for (const problem of broken) say(`${problem} (used anyway)`);
  return read.files;
}
