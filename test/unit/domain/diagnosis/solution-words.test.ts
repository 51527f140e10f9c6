import { adviceOfSolution, isReceipt, solutionOfAction } from '@selfheal/diagnosis/diagnosis/solution-words.ts';
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';

/** What was stored before solutions were imperatives, and what a receipt says today: one for each built-in action and kind of playbook. */
const STORED: readonly (readonly [string, string])[] = [
  ['rerun-failed-jobs', 'Re-ran the failed jobs of run 16000000056 as attempt 2.'],
  ['rerun-workflow-run', 'Re-ran the whole run of run 16000000056 as attempt 3.'],
  ['cancel-stuck-run', 'Asked GitHub to cancel attempt 1 of run 16000000056, which hung.'],
  [
    'sandbox-fix',
    'Ran the tests with the proposed change on commit 0123456789ab in the sandbox try.yml; nothing was written to the repository.',
  ],
  ['try-fix', 'Tested a proposed change on the branch selfheal/fix-1.'],
  [
    'fix-pull-request',
    'Opened draft pull request #7 with a proposed change. The failed jobs pass with it. It waits for a review.',
  ],
  ['revert-pull-request', 'Opened draft pull request #8, which reverts #7. It waits for a review.'],
  ['open-issue', 'Issue #9 reports this failure.'],
  ['quarantine-flaky-test', 'Issue #9 reports a flaky test, which is in quarantine until 2026-12-01.'],
  ['rollback-lambda-alias', 'Pointed checkout-api:live from version 42 back to version 41.'],
  ['rollback-ecs-service', 'Deployed web:41 to shop/web again, replacing web:42.'],
  ['scale-ecs-service', 'Changed the number of tasks of shop/web from 2 to 4.'],
  ['redeploy-ecs-service', 'Replaced the tasks of shop/web with new ones of the same task definition.'],
  ['raise-lambda-memory', 'Changed the memory of checkout-api from 512 MB to 1024 MB.'],
  ['set-lambda-concurrency', 'Changed the reserved concurrency of checkout-api from 10 to 20.'],
  ['scale-auto-scaling-group', 'Changed the desired capacity of web from 2 to 3.'],
  ['refresh-instances', 'Began to replace the instances of the Auto Scaling group web with new ones.'],
  ['change-rds-parameter', 'Changed max_connections of orders from 100 to 200.'],
  ['reboot-rds-instance', 'Restarted the database orders.'],
  ['scale-rds-instance', 'Changed the class of orders from db.t4g.medium to db.t4g.large.'],
  ['scale-aurora-cluster', 'Changed the maximum capacity (in units) of the cluster orders from 4 to 8.'],
];
const PLAYBOOKS = [
  'Flush the cache: POST https://cache.example.com/flush.',
  'Restart the consumer: started Restart-Consumer (0a1b2c3d-4e5f-6789-abcd-ef0123456789).',
  'Switched /shop/flags/new-cart from on to off.',
];

describe('a solution', () => {
  it.each(ACTIONS.map(({ id, title }) => [id, title] as const))('of %s is an imperative without ids', (_id, title) => {
    const solution = solutionOfAction(title);
    expect(solution).toMatch(/^[A-Z][^\d#:]*\.$/);
    expect(isReceipt(solution)).toBe(false);
    expect(adviceOfSolution(solution)).toBe(solution);
  });

  it('of every built-in action is covered by a receipt of earlier releases', () => {
    expect(STORED.map(([id]) => id).sort()).toEqual(ACTIONS.map(({ id }) => id).sort());
  });

  it.each(STORED)('stored as a receipt of %s advises what its action does', (id, receipt) => {
    const title = ACTIONS.find((action) => action.id === id)?.title ?? '';
    expect(adviceOfSolution(receipt, title)).toBe(`${title}.`);
    expect(adviceOfSolution(receipt)).toBeNull();
  });

  it.each(PLAYBOOKS)('stored as the receipt of a playbook advises nothing by itself: %s', (receipt) => {
    expect(adviceOfSolution(receipt)).toBeNull();
  });

  it.each([
    ['Raised the memory to 512 MB.', 'Try what helped before: "Raised the memory to 512 MB".'],
    ['We put back the old certificate', 'Try what helped before: "We put back the old certificate".'],
    ['Raise the memory to 512 MB.', 'Raise the memory to 512 MB.'],
    ['Feed the queue from a second worker.', 'Feed the queue from a second worker.'],
    ['Embed the schema in the image.', 'Embed the schema in the image.'],
    ['Put the lock file under version control.', 'Put the lock file under version control.'],
    ['Need more disk: see the runbook.', 'Need more disk: see the runbook.'],
  ])('that a person wrote is quoted where it is in the past tense: %s', (written, advice) => {
    expect(adviceOfSolution(written, 'Re-run the failed jobs')).toBe(advice);
  });
});
