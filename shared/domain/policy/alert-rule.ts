import { makeWordingTest, Wording } from '@selfheal/diagnosis/failure/wording.ts';
import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';

/**
 * What people want when a message is seen in a failure. It only adds messages and questions, so a message that somebody staged cannot make
 * anything happen.
 */
export const AlertRule = z.strictObject({
  /** The text of a log line, with `*` for what varies. */
  pattern: Wording,
  /** Only failures of this service; null: of every service and repository. */
  service: z.string().min(1).max(60).nullable().default(null),
  /** `notify`: people are told at once. `ask`: they are told, and nothing is done without them. `escalate`: a person takes over. */
  action: z.enum(['notify', 'ask', 'escalate']),
  /** How sure the class of the failure must be. */
  confidence: z.number().min(0).max(1).default(0),
});
export type AlertRule = z.infer<typeof AlertRule>;

/** The rules that apply to a failure with these lines. */
export function raisedBy(
  rules: readonly AlertRule[],
  failure: { readonly service: string | null; readonly confidence: number; readonly lines: readonly string[] },
): AlertRule[] {
  return rules.filter(
    ({ service, confidence, pattern }) =>
      (service === null || service === failure.service) &&
      failure.confidence >= confidence &&
      failure.lines.some(makeWordingTest(pattern)),
  );
}

export const alertWords = ({ pattern, service, confidence }: AlertRule): string =>
  `"${pattern}"${service === null ? '' : ` at ${service}`}${confidence === 0 ? '' : ` from ${percentOf(confidence)} % on`}`;
