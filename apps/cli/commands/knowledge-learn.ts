import {
  DRY_RUN_OPTION,
  defineCommand,
  JSON_OPTION,
  type OptionSpecs,
  type OptionValues,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { learnPatterns } from '#shared/app/learning/learn-patterns.ts';
import { cleanResolutions } from '#shared/domain/learning/clean-resolutions.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { learnRemotely, type RemoteLearning } from '../learning/learn-remotely.ts';
import { categorised } from '../learning/learning-material.ts';
import { learningChange, openPatterns } from '../learning/open-patterns.ts';
import { type NumberedResolution, readResolutions } from '../learning/read-resolutions.ts';
import { renderFindings, renderResults } from '../learning/render-learned.ts';

const OPTIONS = {
  ...KNOWLEDGE_OPTIONS,
  'auto-learn': { type: 'boolean', about: 'accepted for the old name: importing is learning' },
  ...DRY_RUN_OPTION,
  ...JSON_OPTION,
} as const satisfies OptionSpecs;

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
  options: OPTIONS,
  async run({ operands: [file = '-'], options }, terminal) {
    const { name, records, bad } = await readResolutions(file, terminal);
    const { kept, findings } = cleanResolutions(records);
    for (const line of renderFindings(name, bad, findings)) terminal.say(`selfheal: ${line}`);
    if (kept.length === 0) throw new UsageError(`${name}: no valid incident records; nothing was learned.`);
    const { results, unplaced } = await learnFrom(kept, options, terminal);
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

/** On the deployment for whoever is signed in, else in the file or the table that is named. */
async function learnFrom(
  kept: readonly NumberedResolution[],
  options: OptionValues<typeof OPTIONS>,
  terminal: Terminal,
): Promise<Pick<RemoteLearning, 'results' | 'unplaced'>> {
  const cases = await categorised(kept, terminal);
  const dryRun = options['dry-run'] === true;
  if ((await apiUnlessNamed(options, terminal)) !== null) {
    const learned = await learnRemotely(cases, { scope: placeOf(options.scope, terminal), dryRun }, options, terminal);
    if (learned.resumedAt > 0)
      terminal.say(`selfheal: went on after the ${learned.resumedAt} records that were learned before.`);
    return learned;
  }
  const opened = await openPatterns(options, terminal);
  const past = (await opened.remembered()).map(caseOfPastIncident);
  return await learnPatterns({ ...learningChange(opened, terminal), cases, past, dryRun, source: 'human' }, opened);
}
