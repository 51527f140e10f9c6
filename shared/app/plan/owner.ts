import { CODE_OWNER_FILES, codeOwnersOf } from '#shared/domain/flaky-tests/code-owners.ts';
import { fileOfTest } from '#shared/domain/flaky-tests/file-of-test.ts';
import type { TestOwner } from '#shared/domain/flaky-tests/quarantined-test.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import { redactName } from '#shared/domain/redaction/redact-name.ts';
import { RawRef } from '#shared/kernel/text/raw-ref.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { CodeTree, CodeWriter } from '#shared/ports/code-writer.ts';
import { unlessRefused } from '../common/unless-refused.ts';

export interface OwnerDeps {
  readonly codeHost: Pick<CodeHost, 'listDefaultBranchRuns'>;
  readonly code: Pick<CodeWriter, 'readTree' | 'readText'>;
  readonly codeReader: Pick<CodeReader, 'commitsOf'>;
}

interface Owned {
  readonly file: RedactedText | null;
  readonly owner: TestOwner;
}

const NOBODY: Owned = { file: null, owner: { kind: 'nobody' } };
const MAX_PATH_LENGTH = 500;
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/;

/**
 * The file of a test and who owns it, by the newest commit of the default branch that the workflow ran on: a pull request may not name owners. A refused
 * read means that nobody can be told.
 */
export async function readOwner(testName: string, target: GithubRunTarget, deps: OwnerDeps): Promise<Owned> {
  return (await unlessRefused(() => ownerOf(testName, target, deps))) ?? NOBODY;
}

async function ownerOf(testName: string, target: GithubRunTarget, deps: OwnerDeps): Promise<Owned> {
  const baseSha = await baseOf(target, deps);
  const tree = baseSha === null ? null : await deps.code.readTree(target.repository, baseSha);
  const file = tree === null ? null : fileOfTest(testName, filesOf(tree));
  if (baseSha === null || tree === null || file === null) return NOBODY;
  const shown = redactName(file, MAX_PATH_LENGTH);
  const names = await ownersIn(tree, file, target.repository, deps);
  if (names.length > 0) return { file: shown, owner: { kind: 'code-owners', names: [...names] } };
  const [last] = await deps.codeReader.commitsOf(target.repository, baseSha, new RawRef(file), 1);
  const login = last?.author ?? '';
  return { file: shown, owner: LOGIN.test(login) ? { kind: 'author', login } : { kind: 'nobody' } };
}

async function baseOf(target: GithubRunTarget, { codeHost }: OwnerDeps): Promise<string | null> {
  if (target.onDefaultBranch) return target.headSha;
  const [newest] = await codeHost.listDefaultBranchRuns(target.repository, target.workflowId, 1);
  return newest?.headSha ?? null;
}

const filesOf = ({ entries }: CodeTree): string[] =>
  [...entries].flatMap(([path, { mode }]) => (mode === '100644' || mode === '100755' ? [path] : []));

/** GitHub reads the first of the places that has one, and no other. */
async function ownersIn(tree: CodeTree, file: string, repository: string, { code }: OwnerDeps) {
  const path = CODE_OWNER_FILES.find((one) => tree.entries.get(one)?.mode === '100644');
  const blob = path === undefined ? undefined : tree.entries.get(path)?.sha;
  const text = blob === undefined ? null : await code.readText(repository, blob);
  return text === null ? [] : codeOwnersOf(text, file);
}
