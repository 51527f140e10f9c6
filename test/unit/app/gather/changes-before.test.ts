import { Refused } from '@selfheal/kernel/errors.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { changesBefore } from '#shared/app/gather/changes-before.ts';
import { Change, placeOfJob } from '#shared/domain/changes/change.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, anIncident } from '#test/builders/index.ts';
import { MemoryChangeStore } from '#test/fakes/memory-change-store.ts';

const target = anAlarmTarget();
const HOME = { partition: 'aws', account: target.account, region: target.region };
const configuration = {
  ...aConfiguration({
    services: [
      {
        id: 'checkout',
        alarms: [target.alarmArn.split(':').at(-1) ?? ''],
        deployment: { kind: 'lambda-alias', functionName: 'checkout-api', alias: 'live' },
        resources: ['rds/orders-db'],
        repositories: ['acme/shop'],
      },
    ],
  }),
  home: HOME,
};
const earlier = (minutes: number, from = target.changedAt) =>
  new Date(Date.parse(from) - minutes * 60_000).toISOString();
const aChange = (id: string, place: string, at: string, more: Partial<Change> = {}): Change =>
  Change.parse({
    version: 1,
    id,
    kind: 'deployment',
    places: [place],
    at,
    source: 'lambda',
    title: redactName(`Change ${id}`, 300),
    by: null,
    url: null,
    state: 'done',
    files: [],
    reason: 'of a test',
    edges: [],
    ...more,
  });
const placed = (resource: string, account = HOME.account) => `aws:${account}/${HOME.region}/${resource}`;

async function storeWith(...changes: readonly Change[]) {
  const store = new MemoryChangeStore();
  for (const change of changes) await store.record(change);
  return store;
}

describe('what changed before an incident', () => {
  it('is of the service, its resources and its repositories, and the graph says that it came after them', async () => {
    const changes = await storeWith(
      aChange('function', placed('lambda/checkout-api'), earlier(4)),
      aChange('database', placed('rds/orders-db'), earlier(50), { kind: 'configuration-change' }),
      aChange('push', 'repository:acme/shop', earlier(20), { kind: 'commit' }),
      aChange('elsewhere', placed('lambda/checkout-api', '999999999999'), earlier(1)),
      aChange('other', placed('lambda/another'), earlier(1)),
      aChange('later', placed('lambda/checkout-api'), earlier(-30)),
    );
    const incident = anIncident({ target });
    const shown = await changesBefore(incident, [], { changes, configuration });
    expect(shown.map(({ title }) => title)).toEqual(['Change function', 'Change database', 'Change push']);
    expect(await changes.edgesOf(`incident:${incident.id}`)).toMatchObject([
      { kind: 'rang-after', to: 'function' },
      { kind: 'rang-after', to: 'database' },
      { kind: 'rang-after', to: 'push' },
    ]);
  });

  it('names the files that the failing lines name', async () => {
    const files = ['src/cart.ts', 'src/other.ts'].map((file) => redactName(file, 300));
    const changes = await storeWith(aChange('push', 'repository:acme/shop', earlier(20), { kind: 'commit', files }));
    const lines = [{ ref: 'L1', number: 1, text: redactName('at total (/app/src/cart.ts:4:2)', 200), score: 1 }];
    expect(await changesBefore(anIncident({ target }), [{ lines }], { changes, configuration })).toMatchObject([
      { files: ['src/cart.ts'] },
    ]);
  });

  it('of a run is of its repository, its own commit first', async () => {
    const run = aGithubTarget();
    const incident = anIncident({ target: run });
    const place = `repository:${run.repository.toLowerCase()}`;
    const changes = await storeWith(
      aChange('other', place, earlier(5, incident.openedAt), { kind: 'commit' }),
      aChange(`commit:${run.repository.toLowerCase()}@${run.headSha}`, place, earlier(9, incident.openedAt), {
        kind: 'commit',
      }),
    );
    const shown = await changesBefore(incident, [], { changes, configuration });
    expect(shown.map(({ title }) => title)[0]).toContain(run.headSha);
  });

  it('is nothing for an alarm of another account, and nothing where the graph may not be read', async () => {
    const changes = await storeWith(aChange('function', placed('lambda/checkout-api'), earlier(4)));
    const { home: _home, ...homeless } = configuration;
    expect(await changesBefore(anIncident({ target }), [], { changes, configuration: homeless })).toEqual([]);
    const refusing = {
      link: async () => {},
      at: async () => {
        throw new Refused('No right to read it.');
      },
    };
    expect(await changesBefore(anIncident({ target }), [], { changes: refusing, configuration })).toEqual([]);
  });

  it('is of the failed job itself where the incident names one', async () => {
    const job = { kind: 'jenkins-build', endpoint: 'ci', job: 'team/shop', build: 7 } as const;
    const reported = {
      kind: 'report',
      reportId: '0'.repeat(32),
      service: 'checkout',
      repository: null,
      severity: 'high',
      reportedBy: 'Selfheal, reading Jenkins',
      reportedAt: target.changedAt,
      simulated: false,
      job,
    } as const;
    const commit = { kind: 'commit' } as const;
    const changes = await storeWith(
      aChange('own', placeOfJob(job), earlier(4), commit),
      aChange('another', placeOfJob({ ...job, job: 'team/other' }), earlier(4), commit),
    );
    const incident = anIncident({ target: reported, openedAt: target.changedAt });
    const shown = await changesBefore(incident, [], { changes, configuration });
    expect(shown.map(({ title }) => title)).toEqual(['Change own']);
  });
});
