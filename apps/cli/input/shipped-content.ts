import {
  dataDirectoryOf,
  loadFailureModel,
  loadPlaybooks,
  loadSignatures,
} from '#shared/adapters/archive/data-files.ts';
import type { FailureModel } from '#shared/domain/failure/model/failure-model.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';

type Say = (message: string) => void;

/** The signatures that come with Selfheal; one that is not sound is named and left out. */
export async function shippedSignatures(say: Say): Promise<SignatureSet> {
  const { signatures, problems } = await loadSignatures(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: signature left out: ${problem}`);
  return signatures;
}

/** The playbooks that come with Selfheal; one that is not sound is named and left out. */
export async function shippedPlaybooks(say: Say): Promise<KnowledgeEntry[]> {
  const { entries, problems } = await loadPlaybooks(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: playbook left out: ${problem}`);
  return entries;
}

/** The trained model that comes with Selfheal; when it cannot be read that is said, and signatures decide alone. */
export async function shippedModel(say: Say): Promise<FailureModel | undefined> {
  const { model, problems } = await loadFailureModel(dataDirectoryOf({}));
  for (const problem of problems) say(`selfheal: model left out: ${problem}`);
  return model;
}
