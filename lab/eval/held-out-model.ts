import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { trainFailureModel } from '@selfheal/diagnosis/failure/model/train.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { shippedModel } from '#apps/workbench/input/shipped-content.ts';
import { dataDirectoryOf, PROVENANCE_FILE } from '#shared/adapters/archive/data-files.ts';
import { Provenance } from '#shared/domain/learning/provenance.ts';
import { gatherCases } from '../training/public-cases.ts';

/** Gives the model for a log: one that was not trained on it. */
export type ModelFor = (log: { readonly digest: string; readonly group: string }) => FailureModel | undefined;

const HELD_OUT_ID = '0'.repeat(16);

/**
 * Gives the shipped model for logs that it was not trained on. For the others it trains a model now, with the same method and the data below
 * `root`, without the logs of their repository.
 */
export async function modelsFor(
  digests: readonly string[],
  root: string,
  { signatures, progress }: { signatures: SignatureSet; progress: (message: string) => void },
): Promise<ModelFor> {
  const shipped = await shippedModel(progress);
  const learned = await learnedDigests();
  const known = digests.filter((digest) => learned.has(digest)).length;
  if (known === 0) return () => shipped;
  progress(
    `the shipped model was trained on ${known} of ${digests.length} logs; these use cross-validation by repository instead`,
  );
  const cases = await gatherCases(root, progress);
  const trained = trainFailureModel(cases, signatures, { id: HELD_OUT_ID });
  const byDigest = new Map(cases.map((one) => [one.digest, one]));
  const heldOutFor = (digest: string, group: string) => trained.heldOut(byDigest.get(digest) ?? { group });
  return ({ digest, group }) => (learned.has(digest) ? heldOutFor(digest, group) : shipped);
}

/** Digests of the logs that the shipped model was trained on; empty without a training record. */
export async function learnedDigests(dataDir = dataDirectoryOf({})): Promise<ReadonlySet<string>> {
  const text = await readFile(join(dataDir, 'models', PROVENANCE_FILE), 'utf8').catch(() => null);
  if (text === null) return new Set();
  const { learned } = Provenance.parse(JSON.parse(text));
  return new Set(learned.match(/.{16}/g) ?? []);
}
