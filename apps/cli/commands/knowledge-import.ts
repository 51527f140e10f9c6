import { type ImportResult, importPatterns } from '#shared/app/learning/pattern-maintenance.ts';
import { PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { classesOf, defineCommand, JSON_OPTION, shareOption } from '../command.ts';
import { jsonIn } from '../input/json-file.ts';
import { learningChange, openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
import { writeTogether } from '../terminal.ts';

const render = ({ kind, patternId, wording, confidence, reason }: ImportResult): string =>
  `${kind.padEnd(8)}  ${patternId}  confidence ${confidence.toFixed(2)}: ${wording}\n          ${reason}\n`;

export const knowledgeImport = defineCommand({
  name: 'knowledge import',
  aliases: ['import-knowledge'],
  summary: 'import learned patterns of another scope with a lower confidence',
  details:
    'Each pattern is first replayed over the past incidents of this scope. It is only observed until its outcomes here are good enough. Existing\n' +
    'patterns do not change. Exit code 1 when a pattern is refused.',
  operands: { shown: 'FILE.json', atLeast: 1, atMost: 1, aliases: ['source-environment'] },
  options: {
    ...PATTERN_OPTIONS,
    'reduce-by': {
      type: 'string',
      value: 'SHARE',
      aliases: ['confidence-adjustment'],
      about: 'subtracted from each confidence; 0.1 by default',
    },
    class: { type: 'string', value: 'CLASS,...', aliases: ['pattern-types'], about: 'only patterns of these classes' },
    'dry-run': { type: 'boolean', about: 'show what would be imported and change nothing' },
    ...JSON_OPTION,
  },
  async run({ operands: [path = '-'], options }, terminal) {
    const adjustment = -shareOption('reduce-by', options['reduce-by'], 0.1);
    const classes = classesOf(options.class);
    const file = await jsonIn(path, PatternExport, 'file of exported patterns', terminal);
    const opened = await openPatterns(options);
    const order = {
      ...learningChange(opened, terminal),
      from: file.from,
      adjustment,
      dryRun: options['dry-run'] === true,
      past: (await opened.remembered()).map(caseOfPastIncident),
    };
    const wanted = { ...file, patterns: file.patterns.filter((pattern) => classes(pattern.class)) };
    const results = await importPatterns(wanted, order, opened);
    if (results.length === 0) terminal.say('selfheal: the file contains no pattern to import.');
    await writeTogether(
      terminal,
      results.map((result) => (options.json === true ? `${JSON.stringify(result)}\n` : render(result))),
    );
    return results.some(({ kind }) => kind === 'refused') ? 1 : 0;
  },
});
