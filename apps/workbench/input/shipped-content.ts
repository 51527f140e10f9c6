import { join } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { parseOwnSignatures, type SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import {
  dataDirectoryOf,
  loadFailureModel,
  loadPlaybooks,
  loadSignatures,
} from '#shared/adapters/archive/data-files.ts';
import { readOwnSignatureFiles } from '#shared/adapters/archive/own-signature-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { inputError } from './open-input.ts';

type Say = (message: string) => void;

/** The signatures shipped with Selfheal. An invalid one is reported and skipped. */
export async function shippedSignatures(say: Say): Promise<SignatureSet> {
  const { signatures, problems } = await loadSignatures(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: signature skipped: ${problem}`);
  return signatures;
}

type Memories = Pick<KnowledgeStore, 'remembered' | 'learned'>;
const NOTHING_LEARNED: Memories = { remembered: async () => [], learned: async () => [] };

/** Search over the shipped playbooks and `memories`. An invalid playbook is reported and skipped. */
export async function shippedRecall(say: Say, memories: Memories = NOTHING_LEARNED): Promise<FailureRecall> {
  const { entries, problems } = await loadPlaybooks(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: playbook skipped: ${problem}`);
  return makeLocalRecall(memories, entries);
}

/** The shipped failure model. If it cannot be read, reports that and returns undefined: then only signatures classify. */
export async function shippedModel(say: Say): Promise<FailureModel | undefined> {
  const { model, problems } = await loadFailureModel(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: the failure model is not used: ${problem}`);
  return model;
}

/**
 * The shipped signatures and those of a user's folder (`*.yaml`, `*.yml`, `*.json`). Reports an invalid file or signature with file, line and
 * reason and skips it. Reports a signature that fails its own examples, but uses it. Throws `UsageError` when the folder cannot be read.
 */
export async function withOwnSignatures(base: SignatureSet, folder: string, say: Say): Promise<SignatureSet> {
  const read = await readOwnSignatureFiles(folder).catch((error: unknown) => {
    throw inputError(folder, error);
  });
  if (read.files.length + read.problems.length === 0)
    throw new UsageError(`${folder}: the folder contains no signatures (.yaml, .yml or .json files).`);
  const { signatures, problems, broken } = parseOwnSignatures(read.files, base.all, await loadRe2Engine());
  for (const problem of [...read.problems, ...problems]) say(`selfheal: signature skipped: ${join(folder, problem)}`);
  for (const problem of broken) say(`selfheal: ${problem} (used anyway)`);
  return signatures;
}
