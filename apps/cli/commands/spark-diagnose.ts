import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import { diagnoseSpark } from '#shared/domain/jobs/spark-diagnosis.ts';
import { openHistoryServer } from '../spark/history-server.ts';

const HOUR = 3_600_000;
const MAX_HOURS = 720;

export const sparkDiagnose = defineCommand({
  name: 'spark diagnose',
  summary: 'say why Spark applications failed, or lost executors',
  details:
    'Asks the History Server of SPARK_HISTORY_SERVER_URL (http://spark.example.com:18080) for the applications that ended within the last day, or for one by its id:\n' +
    'failed stages, lost executors, memory that was not enough, skew, share of garbage collection. Changes nothing there. Exit 1 when one failed.\n' +
    'With --json: JSON Lines {id, attempt, name, endedAt, failed, outOfMemory, findings}.',
  operands: { shown: '[APPLICATION]', atLeast: 0, atMost: 1 },
  options: {
    hours: {
      type: 'string',
      value: 'N',
      about: 'applications that ended within so many hours, up to 720; 24 by default',
    },
    ...JSON_OPTION,
  },
  async run({ operands: [id], options }, terminal) {
    const address = terminal.environment.SPARK_HISTORY_SERVER_URL;
    if (!address) throw new UsageError('Set SPARK_HISTORY_SERVER_URL to the address of a Spark History Server.');
    if (!/^https?:\/\//.test(address) || !URL.canParse(address))
      throw new UsageError(
        `SPARK_HISTORY_SERVER_URL: "${address.slice(0, 100)}" is no address such as http://spark.example.com:18080.`,
      );
    const hours = Number(options.hours ?? 24);
    if (!Number.isInteger(hours) || hours < 1 || hours > MAX_HOURS)
      throw new UsageError(`--hours ${options.hours}: expected a whole number from 1 to ${MAX_HOURS}.`);
    const spark = openHistoryServer(address);
    try {
      const since = new Date(terminal.now() - hours * HOUR);
      const found = id === undefined ? await spark.endedSince(since) : await spark.endedOf(id);
      if (found === null)
        throw new UsageError(
          `The History Server knows no application ${cleanText(id ?? '', 100)}: without an id, those of the last ${hours} hours are listed.`,
        );
      let failed = 0;
      for (const one of found) {
        const { hasFailed, ranOutOfMemory, findings } = diagnoseSpark(await spark.recordOf(one));
        if (hasFailed) failed += 1;
        const words = findings.map((finding) => redact(finding).text);
        const name = redactName(one.name, 200);
        const shown = { ...one, name, failed: hasFailed, outOfMemory: ranOutOfMemory, findings: words };
        await terminal.write(options.json === true ? `${JSON.stringify(shown)}\n` : textOf(shown));
      }
      if (found.length === 0) terminal.say(`selfheal: no application ended within the last ${hours} hours.`);
      return failed === 0 ? 0 : 1;
    } catch (error) {
      if (error instanceof Refused) throw new UsageError(error.message, { cause: error });
      throw error;
    }
  },
});

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly endedAt: string;
  readonly failed: boolean;
  readonly findings: readonly string[];
}

function textOf({ id, name, endedAt, failed, findings }: Shown): string {
  const head = `${endedAt.slice(0, 16)}  ${failed ? 'failed' : 'ended'}  ${cleanText(name, 100)} (${cleanText(id, 100)})`;
  return `${[head, ...findings.map((finding) => `  ${cleanText(finding, 500)}`)].join('\n')}\n`;
}
