import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { noteOf } from '#shared/app/learning/change-pattern.ts';
import { exportPatterns, PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import { classesOf } from '../learning/class-names.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { learningChange, openPatterns } from '../learning/open-patterns.ts';

export const knowledgeExport = defineCommand({
  name: 'knowledge export',
  aliases: ['export-knowledge'],
  summary: 'print learned patterns as JSON, for another scope or team',
  details:
    'Leaves out retired patterns and the incidents that patterns were learned from. Read the output with "selfheal knowledge import FILE".',
  options: {
    ...KNOWLEDGE_OPTIONS,
    out: {
      type: 'string',
      value: 'FILE',
      aliases: ['output', 'destination'],
      about: 'the file to write; stdout by default',
    },
    'include-metrics': { type: 'boolean', about: 'with stage and mean minutes of each pattern' },
    'include-confidence-history': { type: 'boolean', about: 'with the history of each confidence' },
    'include-confidence-scores': {
      type: 'boolean',
      about: 'with the confidence of each pattern; it is always in the file',
    },
    format: { type: 'string', value: 'json', about: 'json, the only format' },
    class: { type: 'string', value: 'CLASS,...', about: 'only patterns of these classes' },
  },
  async run({ options }, terminal) {
    const classes = classesOf(options.class);
    if (options.format !== undefined && options.format !== 'json')
      throw new UsageError(`--format ${options.format}: json is the only format.`);
    const [metrics, confidenceHistory] = [
      options['include-metrics'] === true,
      options['include-confidence-history'] === true,
    ];
    const write = async (file: PatternExport): Promise<0> => {
      const text = `${JSON.stringify(file, null, 2)}\n`;
      if (options.out === undefined) await terminal.write(text);
      else {
        await writeOutput(options.out, text, '--out');
        terminal.say(`selfheal: ${counted(file.patterns.length, 'pattern')} written to ${options.out}.`);
      }
      return 0;
    };
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const flag = (on: boolean) => (on ? ('true' as const) : ('false' as const));
      const query = {
        scope: placeOf(options.scope, terminal),
        metrics: flag(metrics),
        history: flag(confidenceHistory),
        ...(options.class === undefined ? {} : { class: options.class as never }),
      };
      return await write(PatternExport.parse(await contentOf(await client.api.knowledge.export.$get({ query }))));
    }
    const opened = await openPatterns(options, terminal);
    const change = learningChange(opened, terminal);
    const all = await opened.patterns.list(opened.scope);
    const file = exportPatterns(
      all.filter((pattern) => classes(pattern.class)),
      opened.scope,
      change.at,
      { metrics, confidenceHistory },
    );
    await opened.patterns.note(noteOf(change, 'patterns.exported', null, counted(file.patterns.length, 'pattern')));
    return await write(file);
  },
});
