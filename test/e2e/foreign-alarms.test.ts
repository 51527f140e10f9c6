import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { makeDynamoIncidentLists } from '#shared/adapters/aws/dynamo-incident-lists.ts';
import { claimOf } from '#shared/app/common/incident-lock.ts';
import { FOREIGN_ALARMS, hourOf, identify, stormIdOf } from '#shared/domain/incident/identity.ts';
import { anAlarmTarget, anIncident, aSignal } from '#test/builders/index.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

/** Account and region of the local runtime. */
const HOME = { partition: 'aws', account: '123456789012', region: 'us-east-1' } as const;
/** Of the sample company. */
const CHANNELS = ['slack', 'slack-app'];
const PLACES = 200;
const REGIONS = ['us-east-1', 'us-east-2', 'eu-west-1', 'ap-southeast-2', 'us-gov-west-1'] as const;
/** Alarms of the sample company that ring for what an action could change. */
const NAMES = ['checkout-errors', 'orders-5xx', 'catalog-memory', 'invoices-errors'] as const;

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ timeScale: 0.02 });
});
afterAll(() => healer?.stop());

/** Another account, another region, or both, each place once; never the deployment's own. */
function placeOf(number: number): { account: string; region: string } {
  const region = REGIONS[number % REGIONS.length] ?? '';
  const isOwnAccount = number < REGIONS.length && region !== HOME.region;
  return { account: isOwnAccount ? HOME.account : String(200_000_000_000 + number), region };
}

/** The event of an alarm elsewhere, as EventBridge hands it over. */
function eventOf(number: number, { account, region } = placeOf(number), name = NAMES[number % NAMES.length] ?? '') {
  const timestamp = new Date(Date.now() + number).toISOString().replace('Z', '+0000');
  return {
    version: '0',
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account,
    region,
    time: new Date().toISOString(),
    resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:${name}`],
    detail: {
      alarmName: name,
      state: { value: 'ALARM', reason: 'Threshold Crossed.', timestamp },
      previousState: { value: 'OK', reason: 'Fine.', timestamp },
      configuration: { description: 'Of somebody else.', metrics: [] },
    },
  };
}

describe('alarms of 200 other accounts and regions with the names of own ones', () => {
  it('read and change nothing, are told ten times an hour, and the rest is counted', async () => {
    const touched: string[] = [];
    const end = healer.world.onExchange(({ service, operation }) => {
      // People are told.
      if (!CHANNELS.includes(service)) touched.push(`${service} ${operation}`);
    });
    const hour = hourOf(new Date());
    for (let number = 0; number < PLACES; number += 1) await healer.runtime.putEvent(eventOf(number));
    await healer.quiet();
    end();
    expect(touched).toEqual([]);
    expect(healer.world.journal.entries()).toEqual([]);
    const ids = [...new Set(healer.runtime.executions().map(({ name }) => name.replace(/-\d+$/, '')))];
    const told = ids.filter((id) => id.startsWith('cw-'));
    const counter = await healer.incidents.get(stormIdOf(hour, FOREIGN_ALARMS));
    // A round that crosses the hour has ten in each.
    if (hourOf(new Date()) === hour) {
      expect(told).toHaveLength(10);
      expect(counter).toMatchObject({ occurrences: PLACES - 10, target: { of: 'foreign-alarms' } });
    }
    for (const id of told) {
      const incident = await healer.incidents.get(id);
      expect(incident).toMatchObject({ status: 'escalated' });
      if (incident?.target.kind !== 'alarm') throw new Error('It is about an alarm.');
      const { account, region } = incident.target;
      const mail = healer.mailsAbout(id)[0]?.text.replace(/\s+/g, ' ') ?? '';
      expect(mail).toContain(`The alarm is of account ${account} in ${region}.`);
      expect(mail).toContain('it reads and changes nothing for alarms of other accounts and regions');
    }
    expect(healer.mailsAbout(counter?.id ?? '')).toHaveLength(1);
    expect(healer.runtime.mailbox.list().length).toBeLessThanOrEqual(told.length + 1);
    expectClean(healer);
  });

  it('leave the alarm at home to be healed as ever', async () => {
    const own = healer.world.aws.fireAlarm('checkout', { okAfterMs: 60 });
    expect(await healer.ended(own)).toMatchObject({ status: 'resolved' });
    expect(healer.world.journal.count('lambda.alias.updated')).toBe(1);
    expectClean(healer);
  });
});

describe('a deployment that is upgraded with incidents of alarms', () => {
  it('finds its own of today, open and ended, without those of other accounts, and joins what rings again', async () => {
    const at = (place: { account: string; region: string }, changedAt: string) =>
      anAlarmTarget({
        alarmArn: `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:checkout-latency`,
        ...{ account: place.account, region: place.region, changedAt },
      });
    const elsewhere = { account: '999999999999', region: HOME.region };
    const records = [
      { target: at(HOME, '2026-11-01T10:00:00.000Z'), status: 'resolved' as const },
      { target: at(HOME, '2026-11-02T10:00:00.000Z'), status: 'open' as const },
      { target: at(elsewhere, '2026-11-03T10:00:00.000Z'), status: 'open' as const },
      { target: at(elsewhere, '2026-11-04T10:00:00.000Z'), status: 'resolved' as const },
    ].map(({ target, status }) => {
      const { incidentId: id, intakeKey } = identify(aSignal({ target }));
      // Lately, so that upkeep does not take the open ones for stalled.
      const updatedAt = new Date().toISOString();
      return anIncident({ id, intakeKey, target, status, source: 'cloudwatch', openedAt: target.changedAt, updatedAt });
    });
    const client = DynamoDBDocumentClient.from(healer.dynamoDb);
    const table = outputOf(healer.runtime, 'IncidentsTableName');
    for (const incident of records) {
      await healer.incidents.create(incident);
      // As earlier versions wrote it: by the alarm's name alone.
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: `INC#${incident.id}`, sk: 'META' },
          UpdateExpression: 'SET listTarget = :name',
          ExpressionAttributeValues: { ':name': 'alarm#checkout-latency' },
        }),
      );
    }
    const [ended, open] = records;
    const services = [{ id: 'checkout', alarms: ['checkout-errors', 'checkout-latency'] }];
    const lists = makeDynamoIncidentLists({ table, services, home: HOME, client });
    const before = { openedBefore: new Date('2026-11-20T00:00:00Z') };
    const found = await lists.list({ service: 'checkout', ...before }, { limit: 10, order: 'oldest' });
    expect(found.incidents.map(({ id }) => id)).toEqual([ended?.id, open?.id]);
    const stillOpen = await lists.list(
      { service: 'checkout', statuses: ['open'], ...before },
      { limit: 10, order: 'oldest' },
    );
    expect(stillOpen.incidents.map(({ id }) => id)).toEqual([open?.id]);

    // The release before held the lock for its open incident, and remembered it as the alarm's newest.
    if (open === undefined) throw new Error('There is an open incident.');
    await healer.control.claimGroup(open.intakeKey, claimOf(open), new Date());
    await healer.control.setCursor(`newest#${open.intakeKey}`, open.id);
    await healer.runtime.putEvent(eventOf(PLACES + 1, HOME, 'checkout-latency'));
    await healer.runtime.putEvent(eventOf(PLACES + 2, elsewhere, 'checkout-latency'));
    await until('the second report', async () => (await healer.incidents.get(open.id))?.occurrences === 2);
    expect(await healer.incidents.get(open.id)).toMatchObject({ status: 'open', occurrences: 2, attempt: 1 });
  });
});
