import {
  dataDirectoryOf,
  loadFailureModel,
  loadPlaybooks,
  loadSignatures,
} from '#shared/adapters/archive/data-files.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import type { FailureModel } from '#shared/domain/failure/model/failure-model.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';

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
