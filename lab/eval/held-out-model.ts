import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shippedModel } from '#apps/cli/input/shipped-content.ts';
import { dataDirectoryOf, PROVENANCE_FILE } from '#shared/adapters/archive/data-files.ts';
import type { FailureModel } from '#shared/domain/failure/model/failure-model.ts';
import { trainFailureModel } from '#shared/domain/failure/model/train.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import { Provenance } from '#shared/domain/learning/provenance.ts';
import { gatherCases } from '../labels/public-cases.ts';

/** The model that may judge a log: one that has not learned from it. */
export type ModelFor = (log: { readonly digest: string; readonly group: string }) => FailureModel | undefined;

const HELD_OUT_ID = '0'.repeat(16);

/**
 * The shipped model for logs that it has not learned from; for the others a model trained now, with the same method and data below
 * `root`, that saw no log of their repository.
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
    `the shipped model has learned from ${known} of ${digests.length} logs: these are judged by repository-wise cross-validation`,
  );
  const trained = trainFailureModel(await gatherCases(root, progress), signatures, { id: HELD_OUT_ID });
  return ({ digest, group }) => (learned.has(digest) ? trained.heldOut(group) : shipped);
}

/** Digests of the logs that the shipped model has learned from; empty when there is no provenance. */
export async function learnedDigests(dataDir = dataDirectoryOf({})): Promise<ReadonlySet<string>> {
  const text = await readFile(join(dataDir, 'models', PROVENANCE_FILE), 'utf8').catch(() => null);
  if (text === null) return new Set();
  const { learned } = Provenance.parse(JSON.parse(text));
  return new Set(learned.match(/.{16}/g) ?? []);
}
