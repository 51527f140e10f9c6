import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import { addedLines, applyPatch, type PatchedFile, type SourceTree } from './apply-patch.ts';
import { type Finding, look, mayPass, refusal } from './finding.ts';
import { judgeLines } from './judge-lines.ts';
import { judgeTests } from './judge-tests.ts';
import type { FileChange, ProposedPatch } from './patch-limits.ts';
import { roleOfPath } from './path-policy.ts';
import { readPatch } from './read-patch.ts';
import { treeFindings } from './tree-rules.ts';

/** A patch that may be shown in a draft pull request; only `judgePatch` creates one. */
export interface AcceptedPatch {
  readonly kind: 'accepted';
  readonly files: readonly PatchedFile[];
  /** SHA-256 of what it changes, independent of positions: the same patch for a later commit has the same digest. */
  readonly digest: string;
  /** What a person must look at first. */
  readonly findings: readonly Finding[];
}

export type PatchVerdict = AcceptedPatch | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** More would not be read. */
const MAX_FINDINGS = 50;

/**
 * The paths whose modes and contents are needed to judge a patch, or why the patch cannot be parsed or may not touch
 * them.
 */
export function pathsOfPatch(
  patch: ProposedPatch,
): { kind: 'paths'; paths: readonly string[] } | { kind: 'refused'; findings: readonly Finding[] } {
  const read = readPatch(patch);
  if (read.kind === 'refused') return read;
  const findings = read.changes.flatMap(pathFindings);
  return mayPass(findings) ? { kind: 'paths', paths: read.changes.flatMap(pathsOf) } : { kind: 'refused', findings };
}

/**
 * Whether a proposed patch may go into a draft: it parses strictly, applies exactly, changes only source and tests,
 * weakens no test and introduces nothing hidden or dangerous. Pure: the patch is untrusted text, the tree is what the
 * code host says.
 */
export function judgePatch(patch: ProposedPatch, tree: SourceTree): PatchVerdict {
  const read = readPatch(patch);
  if (read.kind === 'refused') return refused(read.findings);
  const misplaced = read.changes.flatMap(pathFindings);
  if (!mayPass(misplaced)) return refused(misplaced);
  const applied = applyPatch(read.changes, tree);
  if (applied.kind === 'refused') return refused(applied.findings);
  const findings = [...misplaced, ...applied.files.flatMap((file) => fileFindings(file, tree))];
  if (!mayPass(findings)) return refused(findings);
  return {
    kind: 'accepted',
    files: applied.files,
    digest: patchDigest(applied.files),
    findings: findings.slice(0, MAX_FINDINGS),
  };
}

function refused(findings: readonly Finding[]): PatchVerdict {
  const sorted = [...findings].sort((a, b) => Number(a.severity === 'look') - Number(b.severity === 'look'));
  return { kind: 'refused', findings: sorted.slice(0, MAX_FINDINGS) };
}

const pathsOf = (change: FileChange): string[] =>
  change.kind === 'hunks' && change.previousPath !== change.path ? [change.previousPath, change.path] : [change.path];

function pathFindings(change: FileChange): Finding[] {
  const paths = pathsOf(change);
  const roles = paths.map(roleOfPath);
  const findings = roles.flatMap((role) => (role.kind === 'refused' ? [role.finding] : []));
  if (findings.length > 0 || paths.length === 1) return findings;
  const [from, to] = roles;
  if (from?.kind !== 'source' || to?.kind !== 'source' || from.language !== to.language) {
    return [
      refusal('test-deleted', 'A test file is moved, or a file changes its kind.', {
        path: paths[1] ?? null,
      }),
    ];
  }
  return [look('path-collision', 'A file is renamed.', { path: paths[1] ?? '', line: 1 })];
}

function fileFindings(file: PatchedFile, tree: SourceTree): Finding[] {
  const role = roleOfPath(file.path);
  if (role.kind === 'refused') return [role.finding];
  const isTest = role.kind === 'test';
  if (file.stretches.length === 0 && file.path === file.previousPath)
    return [refusal('malformed', 'The patch changes only line endings.', { path: file.path })];
  return [
    ...judgeLines(file, role.language, isTest),
    ...judgeTests(file, role.language, isTest),
    ...secretFindings(file),
    ...treeFindings(file.path, role.kind, tree),
  ];
}

/** No secret is published, and nothing in place of a redacted secret: the patch was written from redacted text then. */
function secretFindings(file: PatchedFile): Finding[] {
  const known = file.before ?? '';
  return addedLines(file).flatMap(({ text, line }) => {
    const isSecret = Object.keys(redact(text).counts).length > 0;
    const isStandIn = /\[redacted[:\]]|<redacted\b/i.test(text);
    if ((!isSecret && !isStandIn) || known.includes(text)) return [];
    return [
      refusal('secret', 'A line contains a secret, or the placeholder of a redacted one.', { path: file.path, line }),
    ];
  });
}

/** The digest of the changed lines by file, without their positions and trailing blanks. */
function patchDigest(files: readonly PatchedFile[]): string {
  const trimmed = (lines: readonly string[]) => lines.map((line) => line.trimEnd());
  const changes = files
    .map(({ path, previousPath, stretches, beforeLines, afterLines }) => ({
      path,
      previousPath,
      changes: stretches.map(({ before, after }) => ({
        removed: trimmed(beforeLines.slice(...before)),
        added: trimmed(afterLines.slice(...after)),
      })),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return digestOf(canonicalJson(changes));
}
