import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makeDynamoEventLedger } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { placeEvent } from '#shared/app/intake/place-event.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { AWS_EVENT_SOURCES } from '#shared/domain/incident/aws-resource.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { awsEvent, HOME } from './support/aws-event.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ timeScale: 0.02 });
});
afterAll(() => healer?.stop());

function incidentOf(path: string, event: unknown): string {
  const source = EVENT_SOURCES.find(({ id }) => path.startsWith(`${id}/`));
  const read = source?.toSignal(event, new Date());
  if (read?.kind !== 'signal') throw new Error(`${path} is ${JSON.stringify(read)}`);
  const configuration = { ...Configuration.parse(sampleConfiguration()), home: HOME };
  return identify(placeEvent(read.signal, configuration)).incidentId;
}

const ledger = async () => {
  const client = DynamoDBDocumentClient.from(healer.dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  const table = outputOf(healer.runtime, 'ControlTableName');
  const until = new Date(Date.now() + 3_600_000);
  return await makeDynamoEventLedger({ table, client }).list({ from: new Date(0), until, limit: 500 });
};

describe('events of AWS on the default bus', () => {
  it.each([
    ['codepipeline', 'execution-failed-firing', 'execution-succeeded-resolved', 'checkout', 'high'],
    ['codebuild', 'build-failed-firing', 'build-succeeded-resolved', 'checkout', 'medium'],
    ['codedeploy', 'deployment-failed-firing', 'deployment-succeeded-resolved', 'production', 'high'],
    ['ecs', 'task-exited-firing', 'service-steady-resolved', 'orders', 'medium'],
    ['batch', 'job-failed-firing', 'job-succeeded-resolved', 'invoices', 'medium'],
    ['lambda', 'invocation-failed-firing', 'invocation-succeeded-resolved', 'invoices-worker', 'medium'],
    ['rds', 'instance-out-of-storage-firing', 'instance-storage-grown-resolved', 'orders-db', 'critical'],
    ['health', 'issue-open-firing', 'issue-closed-resolved', 'EC2', 'high'],
    ['cloudformation', 'update-rolled-back-firing', 'update-complete-resolved', 'checkout', 'high'],
  ])(
    '%s: %s opens an incident of its service, people are told, and %s closes it',
    async (source, began, ended, service, severity) => {
      const event = awsEvent(`${source}/${began}`);
      const id = incidentOf(`${source}/${began}`, event);
      await healer.runtime.putEvent(event);
      expect(await healer.ended(id)).toMatchObject({
        status: expect.stringMatching(/^(?:escalated|suggested)$/),
        source,
        target: { kind: 'alert', provider: source, service, severity, connection: `${HOME.account}-${HOME.region}` },
      });
      expect(healer.mailsAbout(id).length).toBeGreaterThan(0);
      // The end of it is told later than the beginning, by AWS and on this bus.
      await healer.runtime.putEvent(awsEvent(`${source}/${ended}`, { time: '2026-11-20T12:00:00Z' }));
      await until('the end of it', async () => (await healer.incidents.get(id))?.status === 'resolved');
      expect((await healer.ended(id)).outcomeReason).toContain(
        `${source} (account ${HOME.account} in ${HOME.region}) reported`,
      );
      expect(healer.world.journal.entries()).toEqual([]);
    },
  );

  it('is heard by one rule each in the template', () => {
    expect(AWS_EVENT_SOURCES.length).toBe(9);
    expectClean(healer);
  });

  it('only reports an event of another account, whatever its resource is called', async () => {
    const path = 'codepipeline/execution-failed-firing';
    const event = awsEvent(path, { account: '444455556666' });
    const id = incidentOf(path, event);
    await healer.runtime.putEvent(event);
    expect(await healer.ended(id)).toMatchObject({
      status: 'escalated',
      target: { service: 'shop-release of 444455556666 in us-east-1' },
      outcomeReason: expect.stringContaining('The event is of account 444455556666 in us-east-1.'),
    });
    expect(healer.world.journal.entries()).toEqual([]);
  });

  it('opens nothing for a success, nor for a failure that was over before it arrived, and the ledger says both', async () => {
    const pipeline = (detail: object) => ({
      ...awsEvent('codepipeline/execution-failed-firing'),
      detail: {
        ...(awsEvent('codepipeline/execution-failed-firing').detail as object),
        pipeline: 'late-release',
        ...detail,
      },
    });
    await healer.runtime.putEvent({ ...pipeline({ state: 'SUCCEEDED' }), time: '2026-11-20T11:00:00Z' });
    await healer.quiet();
    const late = { ...pipeline({}), time: '2026-11-20T10:59:00Z' };
    await healer.runtime.putEvent(late);
    await healer.quiet();
    expect(await healer.incidents.get(incidentOf('codepipeline/', late))).toBeNull();
    const rules = (await ledger()).filter(({ subject }) => subject.startsWith('late-release')).map(({ rule }) => rule);
    expect(rules.sort()).toEqual(['resolved-first', 'resolved-unknown']);
  });
});

describe('what changed before an alarm', () => {
  it('is on its page and for assistants: the stack that was just updated, before the deployment of hours ago', async () => {
    const stack = awsEvent('cloudformation/update-in-progress-changed', {
      time: new Date(Date.now() - 120_000).toISOString(),
    });
    await healer.runtime.putEvent(stack);
    await healer.quiet();
    const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: 60 });
    const { id } = await healer.ended(alarm);
    expect((await healer.evidence.getEvidence(id))?.changes?.[0]).toMatchObject({
      kind: 'configuration-change',
      title: 'Stack shop-network: update',
      state: 'started',
    });
    await healer.runtime.createUser('viewer', 'viewer@example.com', PASSWORD, ['viewer']);
    const token = await signIn(healer, 'viewer@example.com', PASSWORD);
    const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}/api/incidents/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { briefing } = (await response.json()) as { briefing: { before: string[] } };
    expect(briefing.before.join('\n')).toMatch(/Configuration change: Stack shop-network: update, \d+ \w+ before/);
  });
});
