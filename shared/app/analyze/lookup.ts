import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { Lookup, LookupResult } from '#shared/ports/diagnosis-model.ts';

/** Longest message about an invalid input, in characters; it may contain the model's own words. */
const MAX_PROBLEM_LENGTH = 300;

interface Definition<S extends z.ZodType> {
  readonly name: string;
  readonly description: RedactedText;
  readonly input: S;
  read(input: z.infer<S>, signal: AbortSignal): Promise<LookupResult>;
}

/** Defines a lookup. Its input is parsed before anything is read, and the JSON schema for the model is derived from the same definition. */
export function defineLookup<S extends z.ZodType>({ name, description, input, read }: Definition<S>): Lookup {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input', target: 'draft-7' });
  return {
    name,
    description,
    schema,
    async run(given, signal) {
      const parsed = input.safeParse(given);
      if (parsed.success) return read(parsed.data, signal);
      const issue = parsed.error.issues[0];
      const problem = `${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'invalid'}`;
      return { kind: 'nothing', reason: redactName(problem, MAX_PROBLEM_LENGTH) };
    },
  };
}
