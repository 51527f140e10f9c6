import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { CODE_OWNER_FILES, codeOwnersOf } from '@selfheal/pull-request-quality/domain/flaky-tests/code-owners.ts';
import { fileOfTest } from '@selfheal/pull-request-quality/domain/flaky-tests/file-of-test.ts';
import type { TestOwner } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeTree } from '#shared/ports/code-writer.ts';
import type { PreparationPorts } from '../contract.ts';

type OwnerPorts = Pick<PreparationPorts, 'codeHost' | 'code' | 'codeReader'>;

interface Owned {
  readonly file: RedactedText | null;
  readonly owner: TestOwner;
}

const NOBODY: Owned = { file: null, owner: { kind: 'nobody' } };
const MAX_PATH_LENGTH = 500;
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/;

/**
 * Finds the file of a test and its owners, at the newest commit of the default branch that the workflow ran on, because a pull request must not
 * choose the owners. After a refused read there are none.
 */
export async function readOwner(testName: string, target: RunTarget, ports: OwnerPorts): Promise<Owned> {
  return (await unlessRefused(() => ownerOf(testName, target, ports))) ?? NOBODY;
}

async function ownerOf(testName: string, target: RunTarget, ports: OwnerPorts): Promise<Owned> {
  const baseSha = await baseOf(target, ports);
  const tree = baseSha === null ? null : await ports.code.readTree(target.repository, baseSha);
  const file = tree === null ? null : fileOfTest(testName, filesOf(tree));
  if (baseSha === null || tree === null || file === null) return NOBODY;
  const shown = redactName(file, MAX_PATH_LENGTH);
  const names = await ownersIn(tree, file, target.repository, ports);
  if (names.length > 0) return { file: shown, owner: { kind: 'code-owners', names: [...names] } };
  const [last] = await ports.codeReader.commitsOf(target.repository, baseSha, new RawRef(file), 1);
  const login = last?.author ?? '';
  return { file: shown, owner: LOGIN.test(login) ? { kind: 'author', login } : { kind: 'nobody' } };
}

async function baseOf(target: RunTarget, { codeHost }: OwnerPorts): Promise<string | null> {
  if (target.onDefaultBranch) return target.headSha;
  const [newest] = await codeHost.listDefaultBranchRuns(target.repository, target.workflowId, 1);
  return newest?.headSha ?? null;
}

const filesOf = ({ entries }: CodeTree): string[] =>
  [...entries].flatMap(([path, { mode }]) => (mode === '100644' || mode === '100755' ? [path] : []));

/** GitHub reads only the first of these files that exists. */
async function ownersIn(tree: CodeTree, file: string, repository: string, { code }: OwnerPorts) {
  const path = CODE_OWNER_FILES.find((one) => tree.entries.get(one)?.mode === '100644');
  const blob = path === undefined ? undefined : tree.entries.get(path)?.sha;
  const text = blob === undefined ? null : await code.readText(repository, blob);
  return text === null ? [] : codeOwnersOf(text, file);
}
