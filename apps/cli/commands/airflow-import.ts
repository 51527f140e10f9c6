import { writeFile } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { type FailedTask, makeAirflowClient } from '../airflow/airflow-client.ts';

const MAX_TASKS = 1_000;
const MAX_CAUSE = 300;

/** A failure of the past, read and classified. Texts are redacted. */
interface ImportedFailure extends FailedTask {
  readonly class: string | null;
  readonly confidence: number | null;
  readonly cause: string;
}

export const airflowImport = defineCommand({
  name: 'airflow import',
  aliases: ['import-airflow-logs'],
  summary: "read the past failures of Airflow's tasks with their logs, and say what kind each was",
  details:
    'Asks the Airflow of AIRFLOW_BASE_URL as AIRFLOW_USERNAME with AIRFLOW_PASSWORD (REST API v2 of Airflow 3, or v1 of Airflow 2). Tasks that a later try\n' +
    'finished are read; with --include-failures those that failed for good, too. --out writes the finished ones as incidents that "selfheal knowledge learn"\n' +
    'takes. Changes nothing there. With --json: JSON Lines {dag, run, task, mapIndex, failedTry, recovered, startedAt, endedAt, class, confidence, cause}.',
  options: {
    'start-date': { type: 'string', value: 'DATE', about: 'of tasks that began on this day or later, as 2026-11-01' },
    'end-date': { type: 'string', value: 'DATE', about: 'and on this day or earlier; today by default' },
    'include-failures': { type: 'boolean', about: 'also tasks that failed for good' },
    'auto-categorize': { type: 'boolean', about: 'classify each failure by its log' },
    out: { type: 'string', value: 'FILE', about: 'write what was resolved by a retry to this file, as JSON Lines' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { AIRFLOW_BASE_URL: base, AIRFLOW_USERNAME: user, AIRFLOW_PASSWORD: password } = terminal.environment;
    if (!base || !user || !password)
      throw new UsageError('Set AIRFLOW_BASE_URL, AIRFLOW_USERNAME and AIRFLOW_PASSWORD to the Airflow to read.');
    if (!/^https?:\/\//.test(base) || !URL.canParse(base))
      throw new UsageError(
        `AIRFLOW_BASE_URL: "${base.slice(0, 100)}" is no address such as https://airflow.example.com.`,
      );
    const from = dayOf('start-date', options['start-date'], null);
    const to = dayOf('end-date', options['end-date'], new Date(terminal.now()));
    to.setUTCHours(23, 59, 59, 999);
    if (from > to) throw new UsageError('--start-date is after --end-date.');
    const client = makeAirflowClient({ base, user, password });
    const classify = options['auto-categorize'] === true ? await makeClassifier(terminal.say) : null;
    const found: ImportedFailure[] = [];
    for await (const failed of client.failures(from, to)) {
      if (!failed.recovered && options['include-failures'] !== true) continue;
      if (found.length >= MAX_TASKS) {
        terminal.say(`selfheal: there are more than ${MAX_TASKS}; choose a shorter time.`);
        break;
      }
      const read = classify === null ? NOT_READ : classify(await client.log(failed));
      const one = { ...failed, dag: named(failed.dag), run: named(failed.run), task: named(failed.task), ...read };
      found.push(one);
      if (options.json === true) await terminal.write(`${JSON.stringify(one)}\n`);
    }
    if (options.out !== undefined) await writeFile(options.out, learnable(found));
    if (options.json !== true) await terminal.write(textOf(found, options.out));
    return found.length === 0 ? 1 : 0;
  },
});

/** Lines in which Airflow says that a task failed, whatever the cause was. */
const SAYS_ONLY_THAT = /^.* (?:Task failed with exception|Marking task as (?:FAILED|UP_FOR_RETRY)\b.*)$/gm;
const NOT_READ = { class: null, confidence: null, cause: '' };
const named = (name: string): string => redactName(name, 200);

/** The day in UTC. Throws `UsageError`. */
function dayOf(name: string, given: string | undefined, otherwise: Date | null): Date {
  if (given === undefined) {
    if (otherwise === null) throw new UsageError(`--${name} DATE is missing: write a day, such as 2026-11-01.`);
    return otherwise;
  }
  const day = new Date(`${given}T00:00:00.000Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(given))
    throw new UsageError(`--${name} ${given}: expected a day, such as 2026-11-01.`);
  return day;
}

async function makeClassifier(say: (message: string) => void) {
  const [signatures, model] = [await shippedSignatures(say), await shippedModel(say)];
  return (log: string) => {
    if (log.trim() === '') return NOT_READ;
    const evidence = textEvidence(log.replaceAll(SAYS_ONLY_THAT, ''));
    const { classification } = readFailure(evidence, { signatures, model });
    const lines = evidence.sources.flatMap((source) => source.lines);
    // The first one cited is the cause.
    const [cause] = classification.evidence;
    const cited = lines.find(({ ref }) => ref === cause) ?? lines[0];
    return {
      class: classification.class,
      confidence: Number(classification.confidence.toFixed(3)),
      cause: redact(cited?.text ?? '').text.slice(0, MAX_CAUSE),
    };
  };
}

/** As `selfheal knowledge learn` reads incidents: what a retry resolved. */
function learnable(found: readonly ImportedFailure[]): string {
  return found
    .filter(({ recovered, cause }) => recovered && cause !== '')
    .map(({ dag, task, startedAt, endedAt, cause, class: failureClass }) => {
      const seconds = endedAt === null ? 0 : Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
      return `${JSON.stringify({
        timestamp: startedAt,
        title: `${dag}.${task} failed`,
        description: cause,
        service: dag,
        severity: 'medium',
        resolution_time: Math.round(seconds),
        solution: 'Retry the task',
        tags: 'airflow',
        success: true,
        ...(failureClass === null ? {} : { class: failureClass }),
      })}\n`;
    })
    .join('');
}

function textOf(found: readonly ImportedFailure[], out: string | undefined): string {
  if (found.length === 0)
    return 'No task of that time failed (with --include-failures those that failed for good count, too).\n';
  const recovered = found.filter((one) => one.recovered).length;
  const classes = Map.groupBy(found, ({ class: name }) => name ?? 'not classified');
  return [
    `${counted(found.length, 'failed task')}: ${recovered} finished by a later try, ${found.length - recovered} failed for good`,
    ...[...classes]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([name, ones]) => `  ${String(ones.length).padStart(5)}  ${name.replaceAll('_', ' ')}`),
    ...found
      .slice(0, 20)
      .map(
        ({ dag, task, startedAt, cause }) =>
          `  ${startedAt.slice(0, 16)}  ${cleanText(`${dag}.${task}`, 60)}  ${cleanText(cause, 160)}`,
      ),
    ...(out === undefined ? [] : [`To learn from them: selfheal knowledge learn ${out}`]),
    '',
  ].join('\n');
}
