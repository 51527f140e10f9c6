import { describe, expect, it } from 'vitest';
import { type Healer, openHealer } from './support/healer.ts';
import { withoutAction } from './support/rights.ts';
import { post } from './support/steering.ts';

const deniedTo = (stage: Healer, action: string) =>
  stage.runtime.denials.filter((one) => one.action === action).map(({ role }) => role.replace(/[0-9A-F]{8}$/, ''));

describe('every right of every function', () => {
  it('taken from the template for real, the webhook cannot queue and GitHub is told to come again', async () => {
    const stage = await openHealer({ template: withoutAction('webhook', 'sqs:SendMessage') });
    const run = stage.world.samples.failRun('regression', { deliver: 'none' });
    const answer = await post(stage, JSON.stringify(stage.world.github.runPayload(run.runId)));
    expect(answer.status).toBe(503);
    expect(deniedTo(stage, 'sqs:SendMessage')).toEqual(['Selfheal/FunctionsWebhookRole']);
    await stage.stop();
  });

  it('taken from the template for real, evidence cannot be kept and a human gets the incident', async () => {
    const stage = await openHealer({ template: withoutAction('gather', 's3:PutObject') });
    const run = stage.world.samples.failRun('regression');
    expect(await stage.ended(run.runId)).toMatchObject({ status: 'escalated' });
    expect(deniedTo(stage, 's3:PutObject')).toEqual(['Selfheal/FunctionsGatherRole']);
    await stage.stop();
  });

  it('taken from the template for real, an alias is not moved and a human gets the incident', async () => {
    const stage = await openHealer({ template: withoutAction('act-lambda', 'lambda:UpdateAlias') });
    const alarm = stage.world.aws.fireAlarm('checkout', { okAfterMs: 40 });
    expect(await stage.ended(alarm)).toMatchObject({ status: 'escalated' });
    expect(stage.world.journal.entries()).toEqual([]);
    expect(deniedTo(stage, 'lambda:UpdateAlias')).toEqual(['Selfheal/FunctionsActLambdaRole']);
    expect(stage.mailsAbout(alarm)).toHaveLength(1);
    await stage.stop();
  });
});
