import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { outputOf } from '#apps/local/stage.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makeDynamoConnectionStore } from '#shared/adapters/aws/dynamo-connection-store.ts';
import { secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import { aFile, runCommand } from '../unit/cli/run-command.ts';
import { type Healer, NAME_KEY, openHealer } from './support/healer.ts';
import {
  checkMetrics,
  missingPrograms,
  queried,
  startAlertmanager,
  startPrometheus,
  startPushGateway,
  stopPrograms,
} from './support/prometheus.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const CONNECTION = {
  version: 1 as const,
  id: 'prometheus-eu',
  source: 'alertmanager',
  scheme: 'bearer' as const,
  header: null,
  services: null,
  perMinute: 600,
  secret: 'derived' as const,
  silentAfterMinutes: null,
  generation: 1,
  previousUntil: null,
  createdBy: 'admin@example.com',
  createdAt: '2026-11-26T10:00:00.000Z',
};
const MODEL = {
  provider: 'anthropic',
  modelId: 'claude-sonnet-4-5',
  timeoutSeconds: 20,
  prices: { 'claude-sonnet-4-5': { input: 3, output: 15 } },
};
const missing = missingPrograms();

/** The metric of a sample service, which tests set. */
async function startService() {
  let depth = 0;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(
      `# HELP shop_queue_depth Orders that wait.\n# TYPE shop_queue_depth gauge\nshop_queue_depth ${depth}\n`,
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(value: number) {
      depth = value;
    },
    stop: () => server.close(),
  };
}

describe.skipIf(missing.length > 0)(
  `a real Prometheus, Alertmanager and push gateway${missing.length === 0 ? '' : ` (skipped: this machine has no ${missing.join(', ')})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-prometheus-'));
    let healer: Healer;
    let service: Awaited<ReturnType<typeof startService>>;
    let prometheus: string;
    let authorization: string;
    const api = (path: string, init: RequestInit = {}) =>
      fetch(`${healer.runtime.endpoint}${path}`, {
        ...init,
        headers: { authorization, 'content-type': 'application/json', ...init.headers },
      });

    beforeAll(async () => {
      healer = await openHealer({ base: 'keyed', configuration: { notifiers: {}, model: MODEL }, timeScale: 0.02 });
      service = await startService();
      await healer.runtime.createUser('owner', 'owner@example.com', PASSWORD, [
        'viewer',
        'operator',
        'approver',
        'admin',
      ]);
      authorization = `Bearer ${await signIn(healer, 'owner@example.com', PASSWORD)}`;
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
      const made = await api('/api/keys', {
        method: 'POST',
        body: JSON.stringify({ name: 'prometheus', roles: ['viewer'], expiresAt }),
      });
      const { text: key } = (await made.json()) as { readonly text: string };
      const table = outputOf(healer.runtime, 'ControlTableName');
      const client = DynamoDBDocumentClient.from(healer.dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
      expect(await makeDynamoConnectionStore({ table, client }).create(CONNECTION)).toBe(true);

      // What one failed run and one healed run make the deployment count; before it is scraped, after which it is never idle.
      const failed = healer.world.samples.failRun('regression');
      const healed = healer.world.samples.failRun('transient', { rerunMs: 100 });
      for (const { runId } of [failed, healed]) await healer.ended(runId);
      await healer.quiet();
      const gateway = await startPushGateway(folder);
      const alertmanager = await startAlertmanager(folder, {
        url: `${outputOf(healer.runtime, 'ApiUrl')}/webhooks/alertmanager/${CONNECTION.id}`,
        secret: secretOfGeneration(CONNECTION, 1, NAME_KEY),
      });
      const rule = (alert: string, expr: string, about: string) => ({
        alert,
        expr,
        labels: { severity: 'warning', service: about },
        annotations: { summary: `${alert} is too high` },
      });
      prometheus = await startPrometheus(folder, {
        api: healer.runtime.endpoint,
        key,
        gateway,
        alertmanager,
        services: [service.host],
        rules: [
          rule('OrdersWait', 'shop_queue_depth > 100', 'orders'),
          rule('SelfhealRefuses', 'sum(increase(selfheal_errors_total{status="4xx"}[10s])) > 0', 'selfheal'),
        ],
      });
      const { code, stderr } = await runCommand(
        [
          'ci',
          'metrics',
          '--run',
          String(failed.runId),
          '--out',
          join(folder, 'run_metrics.json'),
          '--state',
          folder,
          '--coverage',
          aFile('SF:a.ts\nDA:1,1\nDA:2,0\nend_of_record\n', 'lcov.info'),
        ],
        '',
        COMMANDS,
        {
          GITHUB_TOKEN: 'made-up',
          GITHUB_API_URL: healer.world.githubApiUrl,
          GITHUB_REPOSITORY: 'acme/shop',
          PROMETHEUS_GATEWAY: gateway,
        },
        { now: () => Date.now() },
      );
      expect({ code, stderr }).toMatchObject({ code: 0 });
    }, 600_000);
    afterAll(async () => {
      await stopPrograms();
      service?.stop();
      await healer?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('[E46] scrape the deployment and what the Action pushed, with the shipped configuration', async () => {
      await until('all targets to be up', async () => {
        const { data } = (await (await fetch(`${prometheus}/api/v1/targets`)).json()) as {
          data: { activeTargets: { health: string; lastError: string }[] };
        };
        return data.activeTargets.length === 3 && data.activeTargets.every(({ health }) => health === 'up');
      });
      const scrape = await (await api('/metrics')).text();
      expect(checkMetrics(scrape)).toEqual({ status: 0, said: '' });
      for (const metric of [
        'selfheal_incidents_total{outcome="suggested"}',
        'selfheal_incidents_total{outcome="resolved"}',
        'selfheal_time_to_heal_seconds_count',
        'selfheal_time_to_comment_seconds_count{channel="github-comment"}',
        'selfheal_actions_total{action="rerun-failed-jobs",outcome="helped"}',
        'selfheal_action_duration_seconds_count{action="rerun-failed-jobs"}',
        'selfheal_notifications_total{channel="github-comment",outcome="sent"}',
        'selfheal_queue_wait_seconds_count{queue="intake"}',
        'selfheal_llm_answers_total{provider="anthropic"}',
        'selfheal_llm_tokens_total{kind="output"}',
        'selfheal_llm_cost_dollars_total{model="claude-sonnet-4-5"}',
        'selfheal_ci_coverage_percent{repository="acme/shop"}',
      ]) {
        let found = await queried(prometheus, metric);
        await until(
          `${metric} to be scraped`,
          async () => {
            found = await queried(prometheus, metric);
            return found.length > 0;
          },
          30,
        );
        expect({ metric, value: Number(found[0]?.value[1]) }).toEqual({ metric, value: expect.any(Number) });
        expect(Number(found[0]?.value[1]), metric).toBeGreaterThan(0);
      }
      // Whatever the outcome, each incident is counted once.
      const [ended] = await queried(prometheus, 'sum(selfheal_incidents_total)');
      expect(ended?.value[1]).toBe('2');
    });

    it('open an incident for a firing rule on a service and on a counter of Selfheal, and close it when it ends', async () => {
      const incidentAbout = async (about: string) => {
        const { incidents } = (await (await api('/api/incidents?limit=50')).json()) as {
          incidents: { id: string; status: string; subject: { kind: string; service?: string } }[];
        };
        return incidents.find(({ subject }) => subject.kind === 'alert' && subject.service === about);
      };
      service.set(500);
      for (let time = 0; time < 5; time += 1) await api('/api/incidents?limit=0');
      for (const about of ['orders', 'selfheal'])
        await until(`an incident about ${about}`, async () => (await incidentAbout(about))?.status === 'escalated');
      service.set(0);
      for (const about of ['orders', 'selfheal'])
        await until(
          `the end of the incident about ${about}`,
          async () => (await incidentAbout(about))?.status === 'resolved',
        );
      const { id = '' } = (await incidentAbout('orders')) ?? {};
      expect((await healer.incidents.get(id))?.outcomeReason).toContain('that it is resolved');
      expect(healer.world.journal.entries().filter((one) => JSON.stringify(one).includes(id))).toEqual([]);
    });
  },
);
