import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { FilePath, LineNumber } from './location.ts';

/** From worst to mildest. `info`: a note; `unknown`: the tool does not say. */
export const FindingSeverity = z.enum(['critical', 'high', 'medium', 'low', 'info', 'unknown']);
export type FindingSeverity = z.infer<typeof FindingSeverity>;

/** A vulnerability, a leaked secret, a lint or a type error that a tool reported. Its texts are redacted and tainted. */
export const Finding = z.strictObject({
  /** The tool as it names itself (`Trivy`). */
  tool: recordText({ min: 1, max: 100 }),
  category: z.enum(['vulnerability', 'secret', 'misconfiguration', 'code']),
  /** Rule or advisory (`CVE-2024-1234`, `no-unused-vars`). */
  rule: recordText({ min: 1, max: 300 }),
  severity: FindingSeverity,
  message: recordText({ max: 2000 }),
  file: FilePath.nullable(),
  line: LineNumber.nullable(),
  /** The package with the vulnerability, its version and the first one that is fixed; null where it is about code. */
  package: z
    .strictObject({
      name: recordText({ min: 1, max: 300 }),
      version: recordText({ max: 200 }).nullable(),
      fixedIn: recordText({ max: 200 }).nullable(),
    })
    .nullable(),
  /** Same for the same finding in another run, wherever its lines moved: a digest of tool, rule, file or package, and message. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
});
export type Finding = z.infer<typeof Finding>;

/** Numbers of findings by severity. */
export const FindingTotals = z.strictObject({
  critical: z.number().int().nonnegative(),
  high: z.number().int().nonnegative(),
  medium: z.number().int().nonnegative(),
  low: z.number().int().nonnegative(),
  info: z.number().int().nonnegative(),
  unknown: z.number().int().nonnegative(),
});
export type FindingTotals = z.infer<typeof FindingTotals>;
