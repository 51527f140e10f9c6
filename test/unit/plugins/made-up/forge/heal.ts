import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { prepareAssembly } from '#apps/local/assembly.ts';
import sample from '#apps/local/sample/selfheal.json' with { type: 'json' };
import { openStage, outputOf } from '#apps/local/stage.ts';
import { type FailureKind, shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { type ForgeJobSpec, startForge } from './server.ts';

/** Plays failed runs of the made-up forge to the end of their incidents and prints what became of them. */
const TOKEN = ['forge', 'token', 'of', 'tests'].join('-');
const HOOK_TOKEN = 'hook token of the made-up forge';

const jobsOf = (kind: FailureKind | null): ForgeJobSpec[] =>
  shopJobs(kind, 'f'.repeat(40)).map(({ name, conclusion, steps }) => ({
    name,
    result: conclusion === 'failure' ? 'failed' : 'passed',
    log: steps.map(({ text }) => text).join(''),
  }));

const folder = mkdtempSync(join(tmpdir(), 'made-up-forge-'));
const forge = await startForge({ token: TOKEN });
const configurationFile = join(folder, 'selfheal.json');
writeFileSync(
  configurationFile,
  JSON.stringify({
    ...sample,
    hosts: { 'fake-forge': { apiUrl: forge.apiUrl } },
    verification: { runIntervalSeconds: 1 },
  }),
);
const { assemblyDir } = await prepareAssembly({
  configurationFile,
  outDir: join(folder, 'assemblies'),
  context: { emails: 'on-call@example.com' },
});
const { runtime, webhookUrl, webhookSecret, adminKey, stop } = await openStage({
  assemblyDir,
  ampleMemory: true,
  timeScale: 0.05,
});
try {
  runtime.overrideSecret(outputOf(runtime, 'GithubTokenSecretName'), {
    token: 'local-token',
    hosts: { 'fake-forge': { token: TOKEN } },
  });
  runtime.overrideSecret(outputOf(runtime, 'WebhookSecretName'), {
    current: webhookSecret,
    sources: { 'fake-forge': { current: HOOK_TOKEN } },
  });
  forge.setWebhook({ url: webhookUrl.replace(/github$/, 'fake-forge'), token: HOOK_TOKEN });
  for (let day = 0; day < 3; day += 1) forge.addRun({ proposal: null, attempts: [jobsOf(null)] });
  const runs = [
    forge.addRun({ proposal: 1, attempts: [jobsOf('regression')] }),
    forge.addRun({ proposal: 2, attempts: [jobsOf('transient'), jobsOf(null)] }),
  ];
  const statuses = [];
  for (const run of runs) {
    statuses.push(await forge.deliver(run));
    await settled();
  }
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: runtime.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: adminKey, secretAccessKey: 'local' },
    }),
  );
  const incidents = makeDynamoIncidentStore({ table: outputOf(runtime, 'IncidentsTableName'), client });
  const ids = new Set(runtime.executions().map(({ name }) => name.replace(/-\d+$/, '')));
  const found = await Promise.all([...ids].map((id) => incidents.get(id)));
  const numberOf = (incident: (typeof found)[number]) => (incident?.target.kind === 'run' ? incident.target.runId : 0);
  const ended = found.toSorted((a, b) => numberOf(a) - numberOf(b));
  console.log(
    JSON.stringify({
      statuses,
      incidents: ended.map((incident) => ({
        status: incident?.status,
        target: incident?.target,
      })),
      again: forge.again,
      remarks: forge.remarks,
      unknown: forge.unknown,
      runs: runs.map(({ number }) => number),
      denials: runtime.denials.map(({ role, action }) => `${role} ${action}`),
      deadLetters: runtime.deadLetters().length,
    }),
  );
} finally {
  await stop();
  await forge.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Waits until nothing runs, waits or is on its way, for a second. */
async function settled(): Promise<void> {
  const nothingMoves = () => runtime.isIdle() && runtime.executions().every(({ status }) => status !== 'RUNNING');
  for (let still = 0; still < 10; still = nothingMoves() && runtime.executions().length > 0 ? still + 1 : 0)
    await sleep(100);
}
