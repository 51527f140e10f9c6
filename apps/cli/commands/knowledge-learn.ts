import { learnPatterns } from '#shared/app/learning/learn-patterns.ts';
import { cleanResolutions } from '#shared/domain/learning/clean-resolutions.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { categorised } from '../learning/learning-material.ts';
import { learningChange, openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
import { readResolutions } from '../learning/read-resolutions.ts';
import { renderFindings, renderResults } from '../learning/render-learned.ts';

export const knowledgeLearn = defineCommand({
  name: 'knowledge learn',
  aliases: ['import-incidents'],
  summary: 'learn patterns from how people resolved incidents (CSV or JSON Lines)',
  details:
    'Columns: timestamp,title,description,service,severity,resolution_time,solution,tags,success; optional: incident, class, pattern (the\n' +
    'wording, * for variable parts), action, by, tainted. Times without a zone are UTC; resolution_time is in seconds (or 1h 30m).\n' +
    'A new pattern is first replayed over all past incidents and refused if it would have matched another class. It is only observed until its\n' +
    'outcomes are good enough. Invalid lines, duplicates and conflicts are reported and skipped; the exit code is then 1.',
  operands: { shown: 'FILE', atLeast: 1, atMost: 1, aliases: ['file'] },
  options: {
    ...PATTERN_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [file = '-'], options }, terminal) {
    const { name, records, bad } = await readResolutions(file, terminal);
    const { kept, findings } = cleanResolutions(records);
    for (const line of renderFindings(name, bad, findings)) terminal.say(`selfheal: ${line}`);
    if (kept.length === 0) throw new UsageError(`${name}: no valid incident records; nothing was learned.`);
    const opened = await openPatterns(options);
    const { results, unplaced } = await learnPatterns(
      {
        ...learningChange(opened, terminal),
        cases: await categorised(kept, terminal),
        past: (await opened.remembered()).map(caseOfPastIncident),
        dryRun: options['dry-run'] === true,
        source: 'human',
      },
      opened,
    );
    for (const line of unplaced) {
      terminal.say(
        `selfheal: ${name}, line ${line}: too little text to make a pattern from. Add a line of the log to the description.`,
      );
    }
    if (options.json === true) {
      await terminal.write(
        `${JSON.stringify({ file: name, records: kept.length, bad, findings, unplaced, results })}\n`,
      );
    } else await terminal.write(renderResults(results, name));
    const incomplete = bad.length > 0 || findings.some(({ kind }) => kind !== 'missing') || unplaced.length > 0;
    return incomplete || results.some(({ kind }) => kind === 'refused') ? 1 : 0;
  },
});
