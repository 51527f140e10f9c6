import { noteOf } from '#shared/app/learning/change-pattern.ts';
import { exportPatterns } from '#shared/domain/learning/exchange-patterns.ts';
import { classesOf, defineCommand } from '../command.ts';
import { learningChange, openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';

export const knowledgeExport = defineCommand({
  name: 'knowledge export',
  aliases: ['export-knowledge'],
  summary: 'print learned patterns as JSON, for another scope or team',
  details:
    'Leaves out retired patterns and the incidents that patterns were learned from. Read the output with "selfheal knowledge import FILE".',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    ...PATTERN_OPTIONS,
    class: { type: 'string', value: 'CLASS,...', about: 'only patterns of these classes' },
  },
  async run({ options }, terminal) {
    const classes = classesOf(options.class);
    const opened = await openPatterns(options);
    const change = learningChange(opened, terminal);
    const all = await opened.patterns.list(opened.scope);
    const file = exportPatterns(
      all.filter((pattern) => classes(pattern.class)),
      opened.scope,
      change.at,
    );
    await opened.patterns.note(noteOf(change, 'patterns.exported', null, `${file.patterns.length} patterns`));
    await terminal.write(`${JSON.stringify(file, null, 2)}\n`);
    return 0;
  },
});
