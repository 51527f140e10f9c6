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

/** What a command ends with and says, where it is not 0 or the words matter; by the beginning of the command behind `selfheal`. */
const OUTCOMES: readonly (readonly [command: string, code: number, says: RegExp])[] = [
  ['train', 2, /needs --data DIR/],
  ['create-test-logs', 0, /100 lines written to logs\/application\.log/],
  ['test-log-polling', 0, /: \d+ lines\n {2}levels: /],
  ['import-airflow-logs', 2, /Set AIRFLOW_BASE_URL, AIRFLOW_USERNAME and AIRFLOW_PASSWORD/],
  ['simulate-incident --title "Redis Connection Failed"', 0, /^\d+ \(sim-\w+\), simulated: service unavailability/m],
  ['test-action', 2, /restart_service is here: .*The configuration has no service web-api/s],
  ['reset-knowledge-base', 0, /place: all services/],
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
  ['knowledge stats', 0, /by service: .*postgres 1/],
  ['test-ai-learning', 0, /10 simulated incidents: identified(?!.*runtime_exceptions).*network_connectivity: /s],
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
  ['resolve-incident 12345', 2, /There is no incident 12345\. The newest are: /],
  ['feedback', 2, /There is no incident 12345\. The newest are: /],
  ['mark-false-positive', 2, /There is no incident 12346\. The newest are: /],
  [
    'monitor-service',
    0,
    /watching postgres, which is no service of the deployment.*there are: checkout, .*0 new lines/s,
  ],
  ['set-alert', 2, /Is no service of the deployment: use one of checkout, /],
  ['set-confidence-threshold --action-type "restart_service"', 2, /0\.8 is wider than deployed: use at least 0\.85/],
  ['set-confidence-threshold --action-type "scale_infrastructure"', 0, /alwaysAsk: as deployed -> true/],
  ['import-knowledge', 2, /Export the patterns of that environment/],
  ['setup-ab-test', 2, /There is no pattern "database_timeout".*The newest are: /s],
  ['ab-test-results', 2, /There is no experiment/],
  ['validate-training-data', 2, /needs FILE/],
  ['configure-learning-stages', 0, /Revision \d+ holds from now on/],
  ['configure-safety-limits', 0, /learning\.rollbackFailureRate: .* -> 0\.3/],
  ['rollback-learning', 0, /rolled back to 2024-01-15: Performance degradation/],
  ['diagnose-pattern-accuracy', 0, /coverage: \d of 4; at least 5 cases are needed.*learning is healthy/s],
  ['ai-health-check', 0, /coverage: \d of 4; at least 5 cases are needed.*learning is healthy/s],
];
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

/** Ends a command that watches by Ctrl-C, so many seconds after its first words. */
async function outputOf(
  child: ChildProcess,
  input = '',
  watchedSeconds?: number,
): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (text += piece));
  child.stdin?.end(input);
  let timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  for (const stream of watchedSeconds === undefined ? [] : [child.stdout, child.stderr])
    stream?.once('data', () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGINT'), 1000 * (watchedSeconds ?? 0));
    });
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, text };
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
  });

  it.each(COMMANDS.map((line, at) => [rowOf(line.replace(/^selfheal /, '')), at + 1, line] as const))(
    '[%s] %d: %s',
    async (_row, _at, line) => {
      const command = line.replace(/^selfheal /, '');
      const isWatching = WATCHING.test(command);
      const { code, text } = await typed(line, isWatching ? LOOK_SECONDS : undefined);
      const [, ends, says] = OUTCOMES.find(([beginning]) => command.startsWith(beginning)) ?? ['', 0, /\S/];
      expect(text).not.toMatch(/^selfheal: .*(?:is no command|unknown option)/im);
      expect(text, line).toMatch(says);
      expect({ code, text }).toMatchObject({ code: ends });
    },
  );
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
    const [, ends] = OUTCOMES.find(([beginning]) => command.startsWith(beginning)) ?? ['', 0];
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
