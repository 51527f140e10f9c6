import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, listOf, UsageError } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { parseClass } from '../learning/class-names.ts';
import {
  openScope,
  patternNamed,
  REVISION_OPTION,
  revisionHeader,
  SCOPE_OPTIONS,
  sayWritten,
} from '../learning/knowledge-api.ts';

export const knowledgeEdit = defineCommand({
  name: 'knowledge edit',
  summary: 'change the title, solution, class, tags, service or parent of a pattern',
  details: 'The revision before the change is kept. Another wording is another pattern: add that, and remove this one.',
  operands: { shown: 'ID|NAME', atLeast: 1, atMost: 1, aliases: ['pattern'] },
  options: {
    title: { type: 'string', value: 'TEXT', about: 'what happened, in a few words' },
    solution: { type: 'string', value: 'TEXT', about: 'what helps' },
    category: { type: 'string', value: 'CLASS', aliases: ['class'], about: 'the class of the failure' },
    tags: { type: 'string', value: 'TAG,...', about: 'all its tags, with commas' },
    service: { type: 'string', value: 'NAME', about: 'the service it belongs to; none: of no service' },
    parent: { type: 'string', value: 'ID', about: 'the more general pattern; none: of no other' },
    ...SCOPE_OPTIONS,
    ...REVISION_OPTION,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { title, solution, category, tags, service, parent } = options;
    const orNull = (text: string): string | null => (text === 'none' ? null : text);
    const change = {
      ...present({ title, solution }),
      ...(category === undefined ? {} : { class: parseClass(category) }),
      ...(tags === undefined ? {} : { tags: listOf(tags.toLowerCase()) }),
      ...(service === undefined ? {} : { service: orNull(service) }),
      ...(parent === undefined ? {} : { parent: orNull(parent) }),
    };
    if (Object.keys(change).length === 0)
      throw new UsageError(
        '"selfheal knowledge edit" needs at least one of --title, --solution, --category, --tags, --service, --parent.',
      );
    const header = revisionHeader(options.revision);
    const { api, scope } = await openScope(options, terminal);
    const id = await patternNamed({ api }, scope, given);
    const json = { ...change, dryRun: options['dry-run'] === true };
    const answer = await contentOf(
      await api.knowledge.patterns[':id'].$patch({ param: { id }, query: { scope }, header, json }),
    );
    return await sayWritten(answer, { done: 'changed', json: options.json === true }, terminal);
  },
});
