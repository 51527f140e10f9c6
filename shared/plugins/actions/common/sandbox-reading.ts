import { Refused } from '@selfheal/kernel/errors.ts';
import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { judgeSandboxWorkflow } from '@selfheal/patch-guard/sandbox-workflow.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeWriter } from '#shared/ports/code-writer.ts';

export interface SandboxReading {
  readonly codeHost: Pick<CodeHost, 'defaultBranch'>;
  readonly code: Pick<CodeWriter, 'branchHead' | 'readTree' | 'readText'>;
}

export type SandboxFound =
  | { readonly kind: 'accepted'; readonly branch: RawRef; readonly blob: string }
  /** Why nothing may be tested with it, and how to fix that. */
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): SandboxFound => ({ kind: 'refused', reason });

/** Reads and judges the workflow at the head of the default branch; refuses it when GitHub does not show it. */
export async function readSandbox(repository: string, file: string, ports: SandboxReading): Promise<SandboxFound> {
  const { name: branch, isPublic } = await ports.codeHost.defaultBranch(repository);
  if (!isPublic) {
    return refused(
      'The repository is private, and GitHub lets a job without permissions check out public repositories only.',
    );
  }
  const head = await ports.code.branchHead(repository, branch);
  const blob = head === null ? null : await sandboxBlobAt(repository, head.sha, file, ports);
  if (blob === null)
    return refused(`The default branch has no file .github/workflows/${file}: copy the one of the user guide.`);
  const text = await ports.code.readText(repository, blob);
  if (text === null) return refused(`.github/workflows/${file} is not a text file.`);
  const judged = judgeSandboxWorkflow(text);
  if (judged.kind === 'accepted') return { kind: 'accepted', branch, blob };
  const { line, reason } = judged.problem;
  return refused(`.github/workflows/${file}, line ${line}: ${reason}`);
}

/** The workflow's Git object at a commit, or null when there is none. Throws `Refused` when the repository is too large to list. */
export async function sandboxBlobAt(
  repository: string,
  commit: string,
  file: string,
  { code }: { readonly code: Pick<CodeWriter, 'readTree'> },
): Promise<string | null> {
  const tree = await code.readTree(repository, commit);
  if (tree === null) throw new Refused('The repository has more files than GitHub lists in one answer.');
  const entry = tree.entries.get(`.github/workflows/${file}`);
  return entry?.mode === '100644' ? entry.sha : null;
}
