import { describe, expect, it } from 'vitest';
import { Baselines, Costs, ServiceLevels, SystemStatus } from '#functions/api/routes/operation.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { renderMetrics } from '#shared/domain/answers/prometheus.ts';
import { serviceLevelOf } from '#shared/domain/answers/service-level.ts';
import { Service } from '#shared/domain/configuration/configuration.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import { anEnding, anIncident, aPrediction, HOME } from '#test/builders/index.ts';
import { anApi, VERSION } from './api-rig.ts';

const spending = (microdollars: number | null) => ({
  ...{ provider: 'bedrock', modelId: 'a-model', prompt: null, turns: 1, inputTokens: 1000, cachedInputTokens: 10 },
  ...{ outputTokens: 200, microdollars },
});
const ended = (name: string, at: string, change: object = {}) =>
  aPrediction({
    incidentId: `gh-${name.padEnd(24, '0')}`,
    openedAt: new Date(Date.parse(at) - 600_000).toISOString(),
    ending: anEnding({ at, ...change }),
  });

async function aSystem(change: Parameters<typeof anApi>[0] = {}) {
  const api = await anApi(change);
  return { ...api, read: (path: string) => api.call(`/api${path}`, { as: 'viewer' }) };
}

describe('the state of the system', () => {
  it('[D120] says whether API and workflow are well, what is open, what healed last, and which model answers', async () => {
    const incident = anIncident();
    const { read } = await aSystem({
      lists: { list: async () => ({ incidents: [incident], next: null, corrupt: [] }) },
    });
    const state = SystemStatus.parse((await read('/status')).json);
    expect(state).toMatchObject({
      ...{ version: VERSION, api: 'ok', openIncidents: { count: 1, more: false }, approvalsPending: 0 },
      lastHealed: { id: incident.id },
      model: { id: 'signatures', languageModel: 'rules', degraded: false },
    });
    expect(['ok', 'stalled']).toContain(state.workflow.state);
  });

  it('[D115] [E19] is read by Prometheus: types, help, units and labels, at both paths', async () => {
    const { call, deps } = await aSystem();
    const at = deps.clock.now();
    const predictions = [
      ended('a', new Date(at.getTime() - 60_000).toISOString(), { spending: spending(2_500_000) }),
      ended('b', new Date(at.getTime() - 120_000).toISOString(), { status: 'escalated' }),
      ended('c', new Date(at.getTime() - 2 * 86_400_000).toISOString()),
    ];
    const { call: ask } = await aSystem({ predictions });
    for (const path of ['/metrics', '/api/metrics']) {
      const { statusCode, headers, body } = await ask(path, { as: 'viewer' });
      expect([statusCode, headers?.['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      const samples = samplesIn(body ?? '');
      expect(samples).toMatchObject({
        'selfheal_incidents_ended_last_day{outcome="resolved"}': 1,
        'selfheal_incidents_ended_last_day{outcome="escalated"}': 1,
        'selfheal_incident_duration_seconds{quantile="0.5"}': 600,
        selfheal_incident_duration_seconds_count: 2,
        selfheal_llm_cost_dollars_last_day: 2.5,
        'selfheal_llm_tokens_last_day{kind="output"}': 200,
        selfheal_approvals_pending: 0,
        selfheal_model_degraded: 0,
      });
      expect(samples[`selfheal_build_info{version="${VERSION}"}`]).toBe(1);
    }
    expect((await call('/metrics')).statusCode).toBe(401);
  });

  it('[D115] reads anew at most every 30 seconds, however often it is scraped', async () => {
    let reads = 0;
    const { read } = await aSystem({
      lists: {
        list: async () => {
          reads += 1;
          return { incidents: [], next: null, corrupt: [] };
        },
      },
    });
    for (let scrape = 0; scrape < 5; scrape++) await read('/metrics');
    expect(reads).toBe(2);
  });

  it('counts open incidents up to a limit, reads a limited number of pages, and says that there are more', async () => {
    const open = async (incidents: number) => {
      const page = { incidents: Array.from({ length: incidents }, () => anIncident()), next: 'more', corrupt: [] };
      const { read } = await aSystem({ lists: { list: async () => page } });
      return SystemStatus.parse((await read('/status')).json).openIncidents;
    };
    expect(await open(100)).toEqual({ count: 300, more: true });
    expect(await open(1)).toEqual({ count: 5, more: true });
  });
});

/** Every sample by name and labels; fails on a line that Prometheus would refuse. */
function samplesIn(text: string): Record<string, number> {
  const samples: Record<string, number> = {};
  const described = new Set<string>();
  for (const line of text.trimEnd().split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment !== null) {
      described.add(`${comment[1]} ${comment[2]}`);
      continue;
    }
    const sample = /^([a-z_]+)((?:\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})?) (\S+)$/.exec(
      line,
    );
    expect(sample, line).not.toBeNull();
    const [, name = '', labels = '', value] = sample ?? [];
    const family = name.replace(/_(?:sum|count)$/, '');
    expect(described.has(`HELP ${family}`) && described.has(`TYPE ${family}`), line).toBe(true);
    expect(Number.isFinite(Number(value)), line).toBe(true);
    expect(samples[name + labels], line).toBeUndefined();
    samples[name + labels] = Number(value);
  }
  return samples;
}

describe('the text format', () => {
  it('escapes what a label or a help text may hold, and leaves out what has no sample', () => {
    const text = renderMetrics([
      {
        name: 'a_total',
        help: 'back\\slash\nline',
        type: 'counter',
        samples: [{ labels: { x: 'say "hi"\\\n' }, value: 1 }],
      },
      { name: 'b', help: 'none', type: 'gauge', samples: [] },
    ]);
    expect(text).toBe(
      '# HELP a_total back\\\\slash\\nline\n# TYPE a_total counter\na_total{x="say \\"hi\\"\\\\\\n"} 1\n',
    );
  });
});

describe('[D236] costs', () => {
  it('are summed by incident and by day, of models and of AWS', async () => {
    const now = (await aSystem()).deps.clock.now();
    const today = now.toISOString();
    const yesterday = new Date(now.getTime() - 86_400_000).toISOString();
    const predictions = [
      ended('a', today, { spending: spending(3000) }),
      ended('b', yesterday, { spending: spending(1000) }),
      ended('c', yesterday, { status: 'suggested' }),
      ended('d', new Date(now.getTime() - 9 * 86_400_000).toISOString(), { spending: spending(9) }),
    ];
    const { read } = await aSystem({ predictions });
    const costs = Costs.parse((await read('/costs?days=2')).json);
    expect(costs.total).toMatchObject({ incidents: 3, asked: 2, microdollars: 4000 });
    expect(costs.byDay.map(({ incidents, microdollars }) => [incidents, microdollars])).toEqual([
      [2, 1000],
      [1, 3000],
    ]);
    const aws = costs.byDay.reduce((sum, { awsMicrodollars }) => sum + awsMicrodollars, 0);
    expect(costs.total.awsMicrodollars).toBeCloseTo(aws);
    expect(costs.awsMicrodollarsPerIncident).toBeCloseTo(aws / 3);
    // Seventeen transitions and twenty calls of a healed run alone are more than 0.0004 dollars.
    expect(costs.byDay[1]?.awsMicrodollars).toBeGreaterThan(400);
    for (const bad of ['days=0', 'days=401', 'days=x', 'month=1'])
      expect((await read(`/costs?${bad}`)).statusCode).toBe(400);
  });

  it('are not guessed where a model has no price', async () => {
    const { deps } = await aSystem();
    const { read } = await aSystem({
      predictions: [ended('a', deps.clock.now().toISOString(), { spending: spending(null) })],
    });
    expect(Costs.parse((await read('/costs')).json).total).toMatchObject({
      unpriced: 1,
      microdollarsPerIncident: null,
    });
  });
});

describe('service levels', () => {
  const period = { from: new Date('2026-11-20T00:00:00Z'), to: new Date('2026-11-21T00:00:00Z'), objective: 0.99 };
  const service = { id: 'checkout', alarms: ['errors', 'latency'] };
  let made = 0;
  const alarm = (
    name: string,
    openedAt: string,
    at: string | null,
    status: 'resolved' | 'escalated' | 'linked' = 'resolved',
    change: Partial<Prediction> = {},
  ) => {
    made += 1;
    return aPrediction({
      incidentId: `cw-${String(made).padStart(24, '0')}`,
      openedAt,
      scope: `alarm#arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`,
      ...(at === null ? {} : { ending: anEnding({ at, status }) }),
      ...change,
    });
  };

  it('leave out alarms of that name in other places, and count a reopened incident once and a duplicate not at all', () => {
    const [opened, ended, again, over] = ['10:00', '10:10', '15:00', '15:30'].map((at) => `2026-11-20T${at}:00.000Z`);
    const first = alarm('errors', opened ?? '', ended ?? '');
    const reopened = {
      ...first,
      attempt: 2,
      at: again ?? '',
      ending: anEnding({ at: over ?? '', status: 'escalated' }),
    };
    const duplicate = alarm('latency', opened ?? '', ended ?? '', 'linked');
    const elsewhere = ['eu-central-1:123456789012', 'eu-west-1:210987654321'].map((place) =>
      alarm('errors', '2026-11-20T01:00:00.000Z', null, 'resolved', {
        scope: `alarm#arn:aws:cloudwatch:${place}:alarm:errors`,
      }),
    );
    const all = [reopened, first, duplicate, ...elsewhere];
    expect(serviceLevelOf(service, all, period, HOME)).toMatchObject({
      incidents: 1,
      resolved: 0,
      escalated: 1,
      downMinutes: 40,
    });
  });

  it('count the time in which an alarm rang once, within the period, and what the objective still allows', () => {
    const level = serviceLevelOf(
      service,
      [
        alarm('errors', '2026-11-19T23:30:00.000Z', '2026-11-20T00:30:00.000Z'),
        alarm('errors', '2026-11-20T10:00:00.000Z', '2026-11-20T10:20:00.000Z'),
        alarm('latency', '2026-11-20T10:10:00.000Z', '2026-11-20T10:30:00.000Z', 'escalated'),
        alarm('latency', '2026-11-20T23:50:00.000Z', null),
        alarm('of-another', '2026-11-20T12:00:00.000Z', '2026-11-20T13:00:00.000Z'),
        alarm('errors', '2026-11-18T12:00:00.000Z', '2026-11-18T13:00:00.000Z'),
      ],
      period,
      HOME,
    );
    expect(level).toMatchObject({ incidents: 4, open: 1, resolved: 2, escalated: 1, downMinutes: 70, met: false });
    expect(level.meanMinutesToResolve).toBe(40);
    expect(level.availability).toBeCloseTo(1 - 70 / 1440);
    expect(level.budgetLeftMinutes).toBeCloseTo(14.4 - 70);
    expect(serviceLevelOf(service, [], period, HOME)).toMatchObject({
      availability: 1,
      met: true,
      meanMinutesToResolve: null,
    });
  });

  it('are told for each configured service, a page at a time', async () => {
    const services = ['shop', 'cart', 'ledger'].map((id) => Service.parse({ id, alarms: [`${id}-errors`] }));
    const { read, deps } = await aSystem({ configure: (one) => ({ ...one, services }) });
    const ids = deps.configuration.services.map(({ id }) => id).sort();
    const all = ServiceLevels.parse((await read('/service-levels')).json);
    expect(all.services.map(({ service }) => service)).toEqual(ids);
    const [first] = ids;
    const one = ServiceLevels.parse((await read('/service-levels?limit=1&objective=0.95')).json);
    expect(one.services).toMatchObject([{ service: first, objective: 0.95, met: true }]);
    const rest = await read(`/service-levels?limit=50&objective=0.95&cursor=${one.next}`);
    expect(rest.json.services).toHaveLength(ids.length - 1);
    expect((await read('/service-levels?service=nobody')).statusCode).toBe(404);
    for (const bad of ['objective=2', 'days=0', 'limit=0', 'cursor=nobody', `cursor=${one.next}`])
      expect((await read(`/service-levels?${bad}`)).statusCode).toBe(400);
  });
});

describe('baselines', () => {
  it('are the latest runs of the workflows of a repository', async () => {
    const { read, incident, deps } = await aSystem();
    const target = incident.target as RunTarget;
    const run = { runAttempt: 1, onDefaultBranch: true, at: '2026-11-20T12:00:00.000Z' };
    await deps.stats.addRun(runsKeyOf(target), { ...run, runId: 1, conclusion: 'success' });
    await deps.stats.addRun(runsKeyOf(target), { ...run, runId: 2, conclusion: 'failure' });
    const { baselines } = Baselines.parse((await read(`/baselines?repository=${target.repository}`)).json);
    expect(baselines).toMatchObject([{ workflowId: target.workflowId, passRate: { hits: 1, cases: 2 } }]);
    expect(baselines[0]?.runs).toHaveLength(2);
    expect((await read('/baselines')).statusCode).toBe(400);
    expect((await read('/baselines?repository=nobody')).statusCode).toBe(400);
    const none = await aSystem({ lists: { list: async () => ({ incidents: [], next: null, corrupt: [] }) } });
    expect((await none.read('/baselines?repository=acme/never')).statusCode).toBe(404);
  });
});
