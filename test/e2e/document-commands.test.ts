import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = join(ROOT, 'test/fixtures/document-d');
/** The commands of the users' own document, in its order. They build on each other. */
const COMMANDS = readFileSync(join(DOCUMENT, 'commands.txt'), 'utf8').trimEnd().split('\n');

/** What each command ends with and says; by the beginning of the command behind `selfheal`, the first that fits. */
const OUTCOMES: readonly (readonly [command: string, code: number, says: RegExp])[] = [
  ['status', 0, /^API +ok, version .*\n {2}Without a human {2}50\.0 % of 4\n/s],
  ['--help', 0, /^Usage: selfheal COMMAND .*\n {2}incident list {10}.*Exit codes: 0 success/s],
  [
    'incidents --status resolved --auto-resolved',
    0,
    /^ +3 .* resolved .* alarm checkout-errors\n +2 .* resolved .* acme\/shop#2, run \d+\n$/,
  ],
  [
    'incidents',
    0,
    /^ +4 .* escalated .*\n +3 .* resolved .*\n +2 .* resolved .*\n +1 .* suggested .* test failure: acme\/shop#1, run \d+\n$/,
  ],
  [
    'actions',
    0,
    / rollback-lambda-alias +done, recovered .*\n.* rerun-failed-jobs +done, recovered .* acme\/shop: Re-ran the failed jobs of run \d+/,
  ],
  [
    'simulate-incident --title "Database timeout"',
    0,
    /^5 \(sim-\w+\), simulated: service unavailability, .*Written advice: PostgreSQL not reachable\./s,
  ],
  ['monitor-logs', 0, /^\d+ new lines? of \d+ incidents? in \d+ seconds, \d+ errors?$/m],
  ['ai-status', 0, /^learning: stage observe, .*\nmodel: \w+, accuracy 100\.0 % \(2 of 2\), 2 of 4 answers judged\n/s],
  ['simulate-incident --title "Redis Server Down"', 0, /^7 .*\nRedis Server Down: .*cannot be reached\n/],
  ['knowledge search --query "redis"', 0, /pattern-[0-9a-f]{12}: Redis Connection Failure\n +restart_redis_service\n/],
  ['simulate-incident --title "Cache Service Unavailable"', 0, /^8 .*\n.*: a service does not answer\n/],
  ['configure-production', 0, /policy\.maxActionsPerHour: as deployed -> 10\nRevision 2 holds from now on/],
  ['production-readiness-check', 0, /^ok +Deployment: .*^ok +Kill switch: it is off$/ms],
  ['add-pattern --pattern "deadlock', 0, /^added: [0-9a-f]{12} {2}resource_exhaustion, suggest, /m],
  ['add-pattern --pattern "disk', 0, /^added: [0-9a-f]{12} {2}storage_issues, suggest, /m],
  ['add-pattern --pattern "OutOfMemoryError|heap', 0, /^added: [0-9a-f]{12} {2}resource_exhaustion, suggest, /m],
  ['add-pattern --pattern "memory', 0, /^added: [0-9a-f]{12} {2}memory_leaks, suggest, /m],
  ['add-pattern --pattern "connection.*reset', 0, /^added: [0-9a-f]{12} {2}network_connectivity, suggest, /m],
  ['add-pattern --pattern "timeout', 0, /^added: [0-9a-f]{12} {2}network_connectivity, suggest, /m],
  ['add-pattern --pattern "application', 0, /^added: [0-9a-f]{12} {2}service_unavailability, suggest, /m],
  ['add-pattern --pattern "configuration', 0, /^added: [0-9a-f]{12} {2}configuration_errors, suggest, /m],
  [
    'add-pattern --pattern "OutOfMemoryError.*heap space"',
    0,
    /^added: [0-9a-f]{12} {2}resource_exhaustion, suggest, confidence 0\.80: .*\n {2}Java heap space exhaustion: increase_memory\n/m,
  ],
  ['add-solution --id "scale_application"', 0, /config\/playbooks\/scale-application\.yaml: written/],
  ['knowledge search --query "postgres', 0, /pattern-[0-9a-f]{12}: DB Timeout\n +restart_db\n/],
  [
    'simulate-incident --title "Spark OOM Error"',
    0,
    /^9 .* resource exhaustion, .*^Learned as pattern [0-9a-f]{12}\.$/ms,
  ],
  ['start-learning-monitor', 0, /^learning: stage suggest, .*closest to their next stage, 10 of 18:\n/s],
  [
    'ai-performance-report',
    0,
    /left to people 50\.0 % of 4 .*by model:\n.*\n {2}\d{4}-\d\d-\d\d {2}accuracy 100\.0 % /s,
  ],
  ['optimize-learning-rate', 0, /keep the current rate\.$.*^0\.010 {2}brier .*\(current\)$/ms],
  ['train', 2, /needs --data DIR/],
  ['logs', 0, /50 of \d+ lines, the last of each incident and service\. More: --lines N; all: --json\./],
  ['test-log-pattern', 0, /^matches$/m],
  [
    'add-log-pattern',
    0,
    /severity high is here error\..*added: .*payment\*failed \| transaction\*error\n.*payment_failure/s,
  ],
  ['create-test-logs', 0, /100 lines written to logs\/application\.log/],
  ['test-log-polling', 0, /: \d+ lines\n {2}levels: /],
  ['import-airflow-logs', 2, /Set AIRFLOW_BASE_URL, AIRFLOW_USERNAME and AIRFLOW_PASSWORD/],
  ['simulate-incident --title "Redis Connection Failed"', 0, /^\d+ \(sim-\w+\), simulated: service unavailability/m],
  [
    'test-action',
    2,
    /restart_service is here: .*^selfheal: service: The configuration has no service web-api: use one of checkout, /ms,
  ],
  ['reset-knowledge-base', 0, /place: all services.*-> retired: payment\*failed\n/s],
  ['resolve-incident 1 ', 0, /incident 1 \(.*resolved.*people worked on it for 300 seconds/s],
  [
    'add-knowledge --title "Redis Connection Failure"',
    0,
    /it looks for: redis\*not responding \| redis\*connection\*failed/,
  ],
  ['add-knowledge --title "Redis Cluster Node Failure"', 0, /refines [0-9a-f]{12}/],
  ['test-pattern', 0, /as expected/],
  ['update-confidence', 0, /It is 0\.80, not 0\.85: a confidence rises by at most 0\.10 a week/],
  ['enable-auto-learning', 0, /Learning from verified outcomes is on/],
  [
    'import-incidents --file historical_incidents.csv --auto-learn',
    0,
    /(?:^learned .*\n(?: {2}.*\n){2}){5}(?!refused)/m,
  ],
  ['import-incidents --file historical_incidents.csv', 0, /(?:^unchanged .*\n.*: nothing new\n){5}/m],
  ['knowledge stats', 0, /by service: .*postgres 1/],
  ['knowledge', 0, /^[0-9a-f]{12} .*payment\*failed \| transaction\*error\n {2}payment_failure: /m],
  ['test-ai-learning', 0, /10 simulated incidents: identified(?!.*runtime_exceptions).*network_connectivity: /s],
  ['export-knowledge --output', 0, /^selfheal: 7 patterns written to trained_model_\d{8}\.json\.$/m],
  ['export-knowledge --destination', 0, /^selfheal: 17 patterns written to prod-backup-agent\.$/m],
  ['ai-metrics', 0, /: 4 predictions, 2 judged, 2 without a known outcome\n.*by model:\n/s],
  [
    'learning-report',
    0,
    /incidents: 4 ended; healed by Selfheal 50\.0 % of 4 .*left to people 50\.0 % of 4 .*5 minutes stated for 1\n.*confidence that changed most:\n {2}[0-9a-f]{12} {2}0\.70 -> 0\.80 {2}Redis Connection Failure\n/s,
  ],
  ['clean-training-data', 0, /records are kept once by their incident, with times in UTC/],
  ['learning-stage-status', 0, /learning: stage suggest, .*closest to their next stage, 10 of 18:\n/s],
  ['schedule-learning-review', 0, /everyDays: as deployed -> 7\n.*recipient: as deployed -> devops@company\.com\n/s],
  ['optimize-patterns', 0, /place: all services.*(?:nothing to change|merged|retired|suggest)/s],
  ['calibrate-confidence', 0, /accuracy of 90\.0 %: /],
  ['action-stats', 0, /no outcome of restart_redis_service .*is no action here; actions of this kind are /],
  ['validate-scenario', 1, /service unavailability.*not as expected: action reboot-rds-instance: it does not fit/s],
  [
    'add-pattern --pattern "connection.*timeout.*database',
    0,
    /connection\*timeout\*database \| database\*connection\*failed/,
  ],
  [
    'add-solution --id "restart_database"',
    2,
    /Free text is never executed.*Selfheal-RestartService.*selfheal solution add /s,
  ],
  ['add-solution --id "cleanup_disk_space"', 2, /Free text is never executed.*selfheal solution add /s],
  ['add-solution --id "increase_memory"', 0, /config\/playbooks\/increase-memory\.yaml: written/],
  ['resolve-incident 12345', 2, /^selfheal: There is no incident 12345\. The newest are: 4 \(ledger-latency\), /m],
  ['feedback', 2, /^selfheal: There is no incident 12345\. The newest are: 4 \(ledger-latency\), /m],
  ['mark-false-positive', 2, /^selfheal: There is no incident 12346\. The newest are: 4 \(ledger-latency\), /m],
  [
    'monitor-service',
    0,
    /watching postgres, which is no service of the deployment.*there are: checkout, .*0 new lines/s,
  ],
  [
    'set-alert',
    2,
    /^selfheal: metricAlerts\.spark-memory-usage-85\.service: spark is no service of the deployment: use one of checkout, /m,
  ],
  [
    'set-confidence-threshold --action-type "restart_service"',
    2,
    /^selfheal: actions\.redeploy-ecs-service\.actAtConfidence, .*: 0\.8 is wider than deployed: use at least 0\.85/m,
  ],
  ['set-confidence-threshold --action-type "scale_infrastructure"', 0, /alwaysAsk: as deployed -> true/],
  ['import-knowledge', 2, /Export the patterns of that environment/],
  ['setup-ab-test', 2, /There is no pattern "database_timeout".*The newest are: /s],
  ['ab-test-results', 2, /There is no experiment/],
  ['validate-training-data', 2, /needs FILE/],
  ['configure-learning-stages', 0, /Revision \d+ holds from now on/],
  ['configure-safety-limits', 0, /learning\.rollbackFailureRate: .* -> 0\.3/],
  [
    'rollback-learning',
    0,
    /suggest 0\.80 -> retired: redis\*not responding\n.*rolled back to 2024-01-15: Performance degradation/,
  ],
  ['diagnose-pattern-accuracy', 0, /coverage: \d of 4; at least 5 cases are needed.*learning is healthy/s],
  ['ai-health-check', 0, /coverage: \d of 4; at least 5 cases are needed.*learning is healthy/s],
];
const outcomeOf = (line: string): (typeof OUTCOMES)[number] | undefined =>
  OUTCOMES.find(([beginning]) => line.slice('selfheal '.length).startsWith(beginning));
/** Commands that watch until they are ended. */
const WATCHING = /^(?:monitor-service|start-learning-monitor)/;
const LOOK_SECONDS = 8;

/** The row of the requirements ledger that asks for a command, by its beginning. */
const ROWS: readonly (readonly [command: string, row: string])[] = [
  ['status', 'D120'],
  ['train', 'D122'],
  ['logs', 'D123'],
  ['--help', 'D119'],
  ['create-test-logs', 'D124'],
  ['test-log-polling', 'D125'],
  ['test-log-pattern', 'D126'],
  ['add-log-pattern', 'D127'],
  ['incidents', 'D128'],
  ['knowledge', 'D129'],
  ['knowledge search', 'D130'],
  ['knowledge stats', 'D131'],
  ['actions', 'D132'],
  ['simulate-incident', 'D133'],
  ['test-action', 'D134'],
  ['monitor-logs', 'D135'],
  ['reset-knowledge-base', 'D136'],
  ['ai-status', 'D137'],
  ['resolve-incident', 'D138'],
  ['add-knowledge', 'D139'],
  ['test-pattern', 'D140'],
  ['action-stats', 'D141'],
  ['update-confidence', 'D142'],
  ['enable-auto-learning', 'D143'],
  ['import-incidents', 'D144'],
  ['test-ai-learning', 'D145'],
  ['validate-scenario', 'D146'],
  ['export-knowledge --output', 'D147'],
  ['export-knowledge --destination', 'D148'],
  ['configure-production', 'D149'],
  ['production-readiness-check', 'D150'],
  ['add-pattern', 'D151'],
  ['add-solution', 'D152'],
  ['monitor-service', 'D153'],
  ['set-alert', 'D154'],
  ['import-airflow-logs', 'D155'],
  ['ai-metrics', 'D156'],
  ['set-confidence-threshold', 'D157'],
  ['feedback', 'D158'],
  ['mark-false-positive', 'D159'],
  ['import-knowledge', 'D160'],
  ['learning-report', 'D161'],
  ['start-learning-monitor', 'D162'],
  ['ai-performance-report', 'D163'],
  ['setup-ab-test', 'D164'],
  ['ab-test-results', 'D165'],
  ['validate-training-data', 'D166'],
  ['clean-training-data', 'D167'],
  ['configure-learning-stages', 'D168'],
  ['learning-stage-status', 'D169'],
  ['schedule-learning-review', 'D170'],
  ['optimize-patterns', 'D171'],
  ['configure-safety-limits', 'D172'],
  ['rollback-learning', 'D173'],
  ['diagnose-pattern-accuracy', 'D174'],
  ['calibrate-confidence', 'D175'],
  ['optimize-learning-rate', 'D176'],
  ['ai-health-check', 'D177'],
];
const rowOf = (command: string): string =>
  ROWS.filter(([beginning]) => `${command} `.startsWith(`${beginning} `)).toSorted(
    ([a], [b]) => b.length - a.length,
  )[0]?.[1] ?? 'no row';

let home: string;
let runtime: ChildProcess;
let printed = '';

function start(command: string, args: readonly string[]): ChildProcess {
  const env = {
    ...process.env,
    XDG_CONFIG_HOME: home,
    NO_COLOR: '1',
    CLI: join(ROOT, 'apps/cli/selfheal.mjs'),
    NODE: process.execPath,
  };
  return spawn(command, args, { cwd: home, env, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Ends a command that watches by Ctrl-C, so many seconds after its first words. The text is what it says (stderr), then its results (stdout). */
async function outputOf(
  child: ChildProcess,
  input = '',
  watchedSeconds?: number,
): Promise<{ code: number | null; text: string }> {
  const [messages, results]: [Buffer[], Buffer[]] = [[], []];
  child.stderr?.on('data', (piece: Buffer) => messages.push(piece));
  child.stdout?.on('data', (piece: Buffer) => results.push(piece));
  child.stdin?.end(input);
  let timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  for (const stream of watchedSeconds === undefined ? [] : [child.stdout, child.stderr])
    stream?.once('data', () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGINT'), 1000 * (watchedSeconds ?? 0));
    });
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, text: Buffer.concat([...messages, ...results]).toString() };
}

/** Types a line as a person would, quotes and all. */
const typed = (line: string, seconds?: number): ReturnType<typeof outputOf> =>
  outputOf(start('bash', ['-c', `selfheal() { exec "$NODE" "$CLI" "$@"; }\n${line}`]), '', seconds);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'selfheal-document-'));
  copyFileSync(join(DOCUMENT, 'historical_incidents.csv'), join(home, 'historical_incidents.csv'));
  runtime = spawn(process.execPath, ['apps/local/main.ts', '--data', join(home, 'data')], { cwd: ROOT });
  for (const stream of [runtime.stdout, runtime.stderr]) stream?.on('data', (piece: Buffer) => (printed += piece));
  await until('the runtime', () => /signs in with the password \S+,/.test(printed), 240);
  const password = /signs in with the password (\S+),/.exec(printed)?.[1];
  const url = /The dashboard is at (\S+?)\/\./.exec(printed)?.[1] ?? '';
  const login = [join(ROOT, 'apps/cli/selfheal.mjs'), 'login', '--url', url, '--user', 'local@example.com'];
  expect(await outputOf(start(process.execPath, login), `${password}\n`)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  const ended = once(runtime, 'exit');
  runtime.kill('SIGTERM');
  await ended;
  rmSync(home, { recursive: true });
});

describe("the commands of the users' document, typed in order into a fresh npm start", () => {
  it('has them all, for each row that names one', () => {
    expect(COMMANDS).toHaveLength(81);
    const asked = new Set(COMMANDS.map((line) => rowOf(line.replace(/^selfheal /, ''))));
    expect([...asked].toSorted()).toEqual(ROWS.map(([, row]) => row).toSorted());
    expect(COMMANDS.filter((line) => outcomeOf(line) === undefined)).toEqual([]);
  });

  it.each(COMMANDS.map((line, at) => [rowOf(line.replace(/^selfheal /, '')), at + 1, line] as const))(
    '[%s] %d: %s',
    async (_row, _at, line) => {
      const command = line.replace(/^selfheal /, '');
      const isWatching = WATCHING.test(command);
      const { code, text } = await typed(line, isWatching ? LOOK_SECONDS : undefined);
      const [, ends, says] = outcomeOf(line) ?? ['', 0, /^$/];
      expect(text).not.toMatch(/^selfheal: .*(?:is no command|unknown option)/im);
      expect(text, line).toMatch(says);
      expect({ code, text }).toMatchObject({ code: ends });
    },
  );
});

/** The commands of the document that name what only its author has, with what this deployment has in its place. */
const WITH_WHAT_EXISTS: readonly (readonly [row: string, line: string, says: RegExp])[] = [
  [
    'D158',
    'feedback --incident-id 2 --action-correct true --speed-rating 5 --effectiveness-rating 4 --comments "Good solution"',
    /incident 2 \(.*your feedback is kept/s,
  ],
  [
    'D159',
    'mark-false-positive --incident-id 4 --reason "Not actually an error, expected behavior" --update-patterns true',
    /resolved\n.*A false alarm, says local@example\.com: Not actually an error, expected behavior/s,
  ],
  [
    'D166',
    'validate-training-data historical_incidents.csv --check-duplicates --check-missing-fields --check-pattern-conflicts --report-path validation_report.json',
    /written to validation_report\.json.*5 records can be learned from/s,
  ],
  [
    'D157',
    'set-confidence-threshold --action-type rerun-failed-jobs --min-confidence 0.95 --require-approval false',
    /actions\.rerun-failed-jobs\.actAtConfidence: as deployed -> 0\.95/,
  ],
  [
    'D154',
    'set-alert --pattern "memory_usage > 85%" --service catalog --action "preemptive_scale" --confidence 0.90',
    /metricAlerts\.\S+\.limit: none -> 85\n.*action: none -> scale\nRevision/s,
  ],
  ['D154', 'alert list', /ask to scale when memory of catalog is above 85/],
  [
    'D160',
    'import-knowledge trained_model_*.json --pattern-types memory --confidence-adjustment -0.1 --scope checkout-errors',
    /place: checkout-errors\n(?:imported [^\n]* confidence 0\.40: [^\n]*\n {10}imported from [^\n]*\n){3}$/,
  ],
  [
    'D164',
    'setup-ab-test --class service_unavailability --solution-a rollback-ecs-service --solution-b scale-ecs-service --split-ratio 0.5 --duration-days 7',
    /started: rollback-ecs-service-or-scale-ecs-service, until .*: rollback-ecs-service 50 %, scale-ecs-service 50 %/,
  ],
  [
    'D165',
    'ab-test-results --test-id rollback-ecs-service-or-scale-ecs-service',
    /\(running\): rollback-ecs-service or scale-ecs-service\n.*too early: .*0 incidents/s,
  ],
];

describe('the commands that name what the deployment does not have, with what it has', () => {
  it.each(WITH_WHAT_EXISTS)('[%s] %s', async (_row, line, says) => {
    const { code, text } = await typed(`selfheal ${line}`);
    expect(text).toMatch(says);
    expect({ code, text }).toMatchObject({ code: 0 });
  });
});

/** Commands that change something. Typed once more, each ends as before, or says why there is nothing to do; what only reads may find more by then. */
const WRITING =
  /^selfheal (?:add-|simulate-incident|resolve-incident|reset-|update-confidence|enable-|import-incidents|configure-|set-|setup-|clean-|schedule-|optimize-patterns|rollback-)/;
const REPEATED =
  /the limit of 5 new patterns a day is used up|is there already: choose another|There is no pattern "redis_connection_failure" in all services|no pattern was learned\. Not done: the pattern \w+ has this wording/;

describe('the same commands, typed once more', () => {
  it.each(COMMANDS.map((line, at) => [at + 1, line] as const))('%d: %s', async (_, line) => {
    const command = line.replace(/^selfheal /, '');
    const isWatching = WATCHING.test(command);
    const { code, text } = await typed(line, isWatching ? LOOK_SECONDS : undefined);
    const [, ends] = outcomeOf(line) ?? ['', 0];
    if (WRITING.test(line) && code !== ends) expect(text).toMatch(REPEATED);
    if (!isWatching) expect(code, text).toBeLessThanOrEqual(2);
    expect(text).not.toMatch(/^selfheal: .*(?:is no command|unknown option)/im);
    expect(text).not.toMatch(/^\s+at .+:\d+:\d+\)?$|^(?:Type|Range|Reference|Syntax)Error:/m);
  });

  it('leave no pattern twice', async () => {
    const { text } = await typed('selfheal knowledge --json --scope services');
    const patterns = text.split('\n').filter((line) => line.startsWith('{'));
    const wordings = patterns.map((line) => JSON.parse(line).pattern as string);
    expect(wordings).toEqual([...new Set(wordings)]);
  });
});
