import { join } from 'node:path';
import {
  dataDirectoryOf,
  loadFailureModel,
  loadPlaybooks,
  loadSignatures,
} from '#shared/adapters/archive/data-files.ts';
import { readOwnSignatureFiles } from '#shared/adapters/archive/own-signature-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import type { FailureModel } from '#shared/domain/failure/model/failure-model.ts';
import { parseOwnSignatures, type SignatureSet } from '#shared/domain/failure/signatures.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { UsageError } from '../command.ts';
import { inputError } from './open-input.ts';

type Say = (message: string) => void;

/** The signatures that come with Selfheal; one that is not sound is named and left out. */
export async function shippedSignatures(say: Say): Promise<SignatureSet> {
  const { signatures, problems } = await loadSignatures(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: signature left out: ${problem}`);
  return signatures;
}

type Memories = Pick<KnowledgeStore, 'remembered' | 'learned'>;
const NOTHING_LEARNED: Memories = { remembered: async () => [], learned: async () => [] };

/** Search in the playbooks that come with Selfheal, and in what places went through; a playbook that is not sound is named and left out. */
export async function shippedRecall(say: Say, memories: Memories = NOTHING_LEARNED): Promise<FailureRecall> {
  const { entries, problems } = await loadPlaybooks(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: playbook left out: ${problem}`);
  return makeLocalRecall(memories, entries);
}

/** The trained model that comes with Selfheal; when it cannot be read that is said, and signatures decide alone. */
export async function shippedModel(say: Say): Promise<FailureModel | undefined> {
  const { model, problems } = await loadFailureModel(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: model left out: ${problem}`);
  return model;
}

/**
 * The shipped signatures and those of a user's folder (`*.yaml`, `*.yml`, `*.json`). A file or signature that is not sound is named with file,
 * line and reason; the others load. One that breaks its own examples is named too. Throws UsageError when the folder cannot be read.
 */
export async function withOwnSignatures(base: SignatureSet, folder: string, say: Say): Promise<SignatureSet> {
  const read = await readOwnSignatureFiles(folder).catch((error: unknown) => {
    throw inputError(folder, error);
  });
  if (read.files.length + read.problems.length === 0)
    throw new UsageError(`${folder}: no .yaml, .yml or .json file with signatures in it.`);
  const { signatures, problems, broken } = parseOwnSignatures(read.files, base.all, await loadRe2Engine());
  for (const problem of [...read.problems, ...problems]) say(`selfheal: signature left out: ${join(folder, problem)}`);
  for (const problem of broken) say(`selfheal: ${problem} (used anyway)`);
  return signatures;
}
