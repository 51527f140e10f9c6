import { chosenParts, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { cleanResolutions } from '#shared/domain/learning/clean-resolutions.ts';
import { readResolutions } from '../learning/read-resolutions.ts';
import { renderFindings } from '../learning/render-learned.ts';

export const knowledgeCheck = defineCommand({
  name: 'knowledge check',
  aliases: ['validate-training-data'],
  summary: 'check a file of resolved incidents: fields, duplicates, conflicts',
  details:
    'Changes nothing. Looks for all three, or, with some of the switches --check-..., only for what they name; lines that cannot be read are always\n' +
    'reported. --clean prints the valid records as JSON Lines for "selfheal knowledge learn": each incident once, times in UTC, services\n' +
    'and tags in one spelling. Exit code 1 when a record is skipped or contradicts another.',
  operands: { shown: 'FILE', atLeast: 0, atMost: 1 },
  options: {
    clean: { type: 'boolean', about: 'print the valid records, cleaned' },
    'check-duplicates': { type: 'boolean', about: 'only this: records of the same incident' },
    'check-missing-fields': { type: 'boolean', about: 'only this: fields that are missing' },
    'check-pattern-conflicts': { type: 'boolean', about: 'only this: records that contradict each other' },
    'report-path': { type: 'string', value: 'FILE', about: 'also write the findings to this JSON file' },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    if (file === undefined)
      throw new UsageError(
        '"selfheal knowledge check" needs FILE, a table of past incidents, such as: selfheal knowledge check incidents.csv. What is learned already is checked by "selfheal learning check".',
      );
    const { name, records, bad } = await readResolutions(file, terminal);
    const { kept, findings: all } = cleanResolutions(records);
    const checks = chosenParts({
      duplicate: options['check-duplicates'],
      missing: options['check-missing-fields'],
      conflict: options['check-pattern-conflicts'],
    });
    const findings = all.filter(({ kind }) => checks.includes(kind));
    const output = renderFindings(name, bad, findings);
    const report = { file: name, checks, records: records.length, kept: kept.length, bad, findings };
    if (options['report-path'] !== undefined) {
      await writeOutput(options['report-path'], `${JSON.stringify(report, null, 2)}\n`, '--report-path');
      terminal.say(`selfheal: the findings were written to ${options['report-path']}.`);
    }
    if (options.clean === true) {
      for (const line of output) terminal.say(`selfheal: ${line}`);
      await writeTogether(
        terminal,
        kept.map(({ resolution }) => `${JSON.stringify(resolution)}\n`),
      );
    } else if (options.json === true) {
      await terminal.write(
        `${JSON.stringify({ file: name, records: records.length, kept: kept.length, bad, findings })}\n`,
      );
    } else {
      await writeTogether(
        terminal,
        [...output, `${name}: ${counted(kept.length, 'record')} can be learned from.`].map((line) => `${line}\n`),
      );
    }
    return bad.length > 0 || findings.some(({ kind }) => kind !== 'missing') ? 1 : 0;
  },
});
