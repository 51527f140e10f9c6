import { Chance, FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';

const Advice = z.strictObject({
  /** One line for a headline; without it the first sentence of the root cause is used. A template like the others. */
  summary: z.string().min(1).max(300).optional(),
  /** Templates: `{name}` is a capture of the pattern; `[... {name} ...]` is omitted when the capture is missing. */
  rootCause: z.string().min(1).max(600),
  fix: z.string().min(1).max(1200),
  prevention: z.string().min(1).max(800),
  /** Where to look next, one short line each. */
  hints: z.array(z.string().max(200)).max(6).default([]),
});

/** Severity of a match for the person on call; unspecified means error. */
const SignatureSeverity = z.enum(['critical', 'error', 'warning', 'info']);

/** Knowledge about one failure message. Content of `shared/data/signatures/`, never code. */
export const Signature = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.string().min(1).max(120),
  class: FailureClass,
  verdict: Verdict,
  /** Whether waiting or repeating can help, where a match answers that whatever else the log looks like; otherwise the verdict counts. */
  chance: Chance.optional(),
  severity: SignatureSeverity.default('error'),
  /** The service the message belongs to, if any (`payments`). */
  service: z.string().min(1).max(60).optional(),
  /** Id of the more general signature that this one refines; where both match a line, only this one counts. */
  parent: z.string().max(80).optional(),
  /** What a runner or a build tool says after any failure of its kind; another signature that matches names the cause. */
  wraps: z.boolean().default(false),
  /** Confidence that a match means this class, 0 to 1. */
  confidence: z.number().min(0.05).max(0.99),
  /**
   * `line`: the pattern sees one line; `block`: the line with the literal, three before it and eight after it, joined by LF; `report`: one line
   * of what somebody wrote to report a failure, and no line of a log, where the same words mean less; `step`: `failing step: ...`, the name
   * or command of the step that failed, where no other signature matches.
   */
  where: z.enum(['line', 'block', 'report', 'step']).default('line'),
  /**
   * Words of the line that a `block` pattern is tried around (ASCII, any case). Those of a `line` pattern are read from the pattern itself;
   * these count only where none can be read from it.
   */
  literals: z.array(z.string().min(3).max(80)).min(1).max(12).optional(),
  /**
   * A regular expression with named captures; linear by its form (see `problemOfPattern`), or by the engine that runs
   * users' patterns.
   */
  pattern: z.string().min(3).max(2_000),
  ignoreCase: z.boolean().default(false),
  /** What the same text must not match as well: a context in which the message means something else. Read like `pattern`. */
  not: z.string().min(3).max(2_000).optional(),
  examples: z.strictObject({
    matches: z.array(z.string().min(1)).min(2),
    rejects: z.array(z.string().min(1)).min(2),
  }),
  advice: Advice,
});
export type Signature = z.infer<typeof Signature>;

export const SignatureFile = z.strictObject({ signatures: z.array(z.unknown()) });
