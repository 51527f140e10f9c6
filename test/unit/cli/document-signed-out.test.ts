import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const DOCUMENT = join(import.meta.dirname, '../../fixtures/document-d');
const COMMANDS = readFileSync(join(DOCUMENT, 'commands.txt'), 'utf8').trimEnd().split('\n');

/** What works without a deployment, and what says something else than how to sign in; by the beginning of the command behind `selfheal`. */
const LOCAL: readonly (readonly [command: string, code: number, says: RegExp])[] = [
  ['train', 2, /needs --data DIR/],
  ['--help', 0, /^Usage: selfheal COMMAND/],
  ['create-test-logs', 0, /100 lines written to logs\/application\.log/],
  ['test-log-polling', 0, /: \d+ lines\n {2}levels: /],
  ['import-airflow-logs', 2, /Set AIRFLOW_BASE_URL, AIRFLOW_USERNAME and AIRFLOW_PASSWORD/],
  ['test-log-pattern', 0, /^matches/],
  ['knowledge search', 0, /1\. /],
  ['knowledge stats', 2, /"selfheal login/],
  ['knowledge', 0, /payment\*failed/],
  ['add-solution --id "restart_database"', 2, /Free text is never executed/],
  ['add-solution --id "cleanup_disk_space"', 2, /Free text is never executed/],
  ['add-solution', 0, /written/],
  ['add-pattern --pattern "disk', 1, /the limit of 10 new patterns a day/],
  ['add-pattern --pattern "OutOfMemoryError', 1, /the limit of 10 new patterns a day is used up/],
  ['add-pattern --pattern "memory', 1, /the limit of 10 new patterns a day/],
  ['add-pattern --pattern "connection.*reset', 1, /the limit of 10 new patterns a day/],
  ['add-pattern --pattern "timeout', 1, /the limit of 10 new patterns a day/],
  ['add-pattern --pattern "application', 1, /the limit of 10 new patterns a day/],
  ['add-pattern --pattern "configuration', 1, /the limit of 10 new patterns a day/],
  ['add-', 0, /^added: .*those of the file \.selfheal\/patterns\.json/s],
  ['test-pattern', 0, /as expected/],
  [
    'update-confidence',
    0,
    /0\.70 -> suggest 0\.80.*It is 0\.80, not 0\.85: a confidence rises by at most 0\.10 a week/s,
  ],
  ['import-incidents', 0, /those of the file \.selfheal\/patterns\.json/],
  ['test-ai-learning', 0, /10 simulated incidents: identified/],
  ['validate-scenario', 1, /service unavailability.*not as expected: action reboot-rds-instance: it does not fit/s],
  ['export-knowledge', 0, /patterns written to/],
  ['production-readiness-check', 0, /unknown Deployment: nobody signed in: run "selfheal login/],
  ['import-knowledge', 2, /Export the patterns of that environment/],
  ['learning-report', 0, /learning from /],
  ['validate-training-data', 2, /needs FILE/],
  ['optimize-patterns', 0, /those of the file/],
  ['rollback-learning', 2, /in the future/],
  ['diagnose-pattern-accuracy', 0, /accuracy: /],
  ['optimize-learning-rate', 0, /brier/],
];
/** Their second answer may differ: the file that they made is there. */
const MAKES_FILES = /add-solution|export-knowledge|update-confidence|optimize-patterns/;

/** The arguments as a shell hands them over, quotes and all. */
function argumentsOf(line: string): string[] {
  const { stdout } = spawnSync('bash', ['-c', `selfheal() { printf '%s\\0' "$@"; }\n${line}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

const before = process.cwd();
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'selfheal-signed-out-'));
  copyFileSync(join(DOCUMENT, 'historical_incidents.csv'), join(home, 'historical_incidents.csv'));
  process.chdir(home);
});
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true });
});

describe("the commands of the users' document, typed by somebody who is not signed in", () => {
  it.each(COMMANDS)('%s', async (line) => {
    const typed = async () => {
      const { code, stdout, stderr } = await runCommand(argumentsOf(line), '', undefined, { XDG_CONFIG_HOME: home });
      return { code, text: `${stdout.toString()}${stderr}` };
    };
    const first = await typed();
    expect(first.text).not.toMatch(/\n\s+at .*:\d+:\d+|\b(?:undefined|TypeError|ECONNREFUSED)\b/);
    const wanted = LOCAL.find(([beginning]) => line.slice('selfheal '.length).startsWith(beginning));
    const [, code, says] = wanted ?? ['', 2, /"selfheal login/];
    expect([first.code, first.text]).toEqual([code, expect.stringMatching(says)]);
    const second = await typed();
    expect(second.code).toBeLessThanOrEqual(2);
    if (/^added: /m.test(first.text))
      expect([second.code, second.text]).toEqual([1, expect.stringMatching(/has this wording: change that one/)]);
    else if (/^learned /m.test(first.text)) expect(second.text).not.toMatch(/^learned /m);
    else if (!MAKES_FILES.test(line)) expect(second.code).toBe(first.code);
  });
});
