/** Rules that a patch may break. The names are for records and tests; the reason is for people. */
export type PatchRule =
  // It cannot be parsed or applied.
  | 'malformed'
  | 'too-large'
  | 'binary'
  | 'mode'
  | 'symlink'
  | 'submodule'
  | 'copy'
  | 'file-deleted'
  | 'does-not-apply'
  // Where it would write.
  | 'path-escape'
  | 'path-spelling'
  | 'path-hidden-characters'
  | 'path-lookalike'
  | 'path-collision'
  | 'path-protected'
  | 'path-not-source'
  | 'generated-file'
  // What a reader would not see.
  | 'hidden-characters'
  | 'lookalike'
  | 'encoded-blob'
  | 'secret'
  // Tests that would prove less than before.
  | 'test-deleted'
  | 'test-skipped'
  | 'test-focused'
  | 'test-marking'
  | 'test-code-removed'
  | 'test-code-changed'
  | 'test-without-assertion'
  | 'test-aware'
  | 'assertion-removed'
  | 'assertion-changed'
  | 'assertion-bypassed'
  | 'assertion-trivial'
  | 'expectation-changed'
  | 'tolerance'
  | 'retry-or-timeout'
  | 'runner-patched'
  | 'mock-added'
  | 'suppression'
  | 'swallowed-error'
  | 'unclear-code'
  // What it could do once it runs.
  | 'network'
  | 'secret-access'
  | 'security-weakened';

/**
 * One finding in a patch. `refused`: the patch is not used. `look`: it may be shown in a draft, and a person must look
 * at this line. `line` counts in the new file, or with `side: 'before'` in the old one; the path is tainted.
 */
export interface Finding {
  readonly severity: 'refused' | 'look';
  readonly rule: PatchRule;
  readonly path: string | null;
  readonly side: 'before' | 'after';
  readonly line: number | null;
  /** Worded by code: nothing of the patch is quoted. */
  readonly reason: string;
}

/** A finding that refuses the patch. */
export function refusal(
  rule: PatchRule,
  reason: string,
  place: { path?: string | null; line?: number | null; side?: 'before' | 'after' } = {},
): Finding {
  const { path = null, line = null, side = 'after' } = place;
  return { severity: 'refused', rule, path, side, line, reason };
}

/** A finding that a person must look at. */
export function look(rule: PatchRule, reason: string, place: { path: string; line: number }): Finding {
  return { ...refusal(rule, reason, place), severity: 'look' };
}

/** True when none of the findings refuses the patch. */
export function mayPass(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity === 'look');
}
