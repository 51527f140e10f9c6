import { dataDirectoryOf, loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';
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
