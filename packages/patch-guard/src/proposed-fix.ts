import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { Inspection } from './inspection.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Path = z.string().min(1).max(500);

/**
 * A patch that passed the policy, stored until it is tested; only `judgePatch` creates one. Its texts are tainted, and
 * its code is from a model or a recipe; a plan contains its digest.
 */
export const ProposedFix = z.strictObject({
  version: z.literal(2),
  incidentId: z.string(),
  source: z.enum(['model', 'recipe']),
  /** The commit whose run failed. */
  baseSha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  fingerprint: z.string().regex(/^[0-9a-f]{8,64}$/),
  /** Digest of what it changes, independent of positions: identifies a rejected patch. */
  patchDigest: Digest,
  /** Files after the change. `previousPath` is removed when it differs. */
  files: z
    .array(z.strictObject({ path: Path, previousPath: Path.nullable(), content: z.string() }))
    .min(1)
    .max(20),
  changes: z.array(
    z.strictObject({
      path: Path,
      isNew: z.boolean(),
      added: z.number().int().nonnegative(),
      removed: z.number().int().nonnegative(),
    }),
  ),
  findings: z.array(
    z.strictObject({ path: z.string().nullable(), line: z.number().int().nullable(), reason: z.string() }),
  ),
  /** The change as a unified diff: shown to the person who approves. */
  diff: z.string().min(1).max(1_000_000),
  /** What its code newly does: where the person looks first. */
  inspection: Inspection,
  title: recordText({ max: 300 }),
  explanation: recordText({ max: 4000 }),
  /** Lines of the log that show the cause. */
  evidence: z.array(recordText()).max(12),
  confidence: z.number().min(0).max(1),
});
export type ProposedFix = z.infer<typeof ProposedFix>;

/** Digest by which a plan names it: SHA-256 of the whole record in canonical JSON. */
export function digestOfFix(fix: ProposedFix): string {
  return digestOf(canonicalJson(fix));
}
