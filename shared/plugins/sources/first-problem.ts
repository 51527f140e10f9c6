import type * as z from 'zod';

/** The first thing wrong, naming its field: `workflow_run.id: Invalid input: expected number`. Never quotes the input. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'body: not understood';
  const field = issue.path.map(String).join('.') || 'body';
  return `${field}: ${issue.message}`.slice(0, 300);
}
