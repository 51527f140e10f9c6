import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { handOverRun } from '#apps/workbench/triage/hand-over.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** What the job of triage says: outputs of GitHub are texts. */
const Needs = z.object({
  triage: z.object({
    result: z.string(),
    outputs: z.object({ fix_confidence: z.string().default('0'), hand_over: z.string().default('keep') }),
  }),
});

/** Asks the deployment to try a fix, if the job `triage` handed the failure over. The deployment decides by its policy and tests the change. */
export const task: Task = {
  // Nothing about the pull request: the deployment comments itself.
  keepsResult: false,
  async run(input) {
    const { result, outputs } = triageOf(input);
    const { repository, runId } = input.job;
    if (result !== 'success')
      return { status: 'skipped', summary: phrase`No fix was requested: triage did not succeed.` };
    if (outputs.hand_over !== 'hand-over')
      return {
        status: 'skipped',
        summary: redactName(
          `No fix was requested: triage kept the failure (fix_confidence ${outputs.fix_confidence}).`,
          500,
        ),
      };
    if (repository === null || runId === null)
      throw new InvalidInput('The run is not known: GITHUB_REPOSITORY and GITHUB_RUN_ID are missing.');
    const { kind, words } = await handOverRun({ kind: 'hand-over' }, { repository, runId }, terminalOf(input));
    return { status: kind === 'not-requested' ? 'skipped' : 'passed', summary: redactName(words, 500) };
  },
};

function triageOf({ inputs }: TaskInput): z.infer<typeof Needs>['triage'] {
  let value: unknown;
  try {
    value = JSON.parse(inputs.needs);
  } catch {
    value = null;
  }
  const parsed = Needs.safeParse(value);
  if (parsed.success) return parsed.data.triage;
  throw new InvalidInput('needs: the job has to wait for a job named triage, and to pass toJSON(needs).');
}
