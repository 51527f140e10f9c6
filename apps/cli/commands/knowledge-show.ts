import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { openScope, patternNamed, renderPattern, SCOPE_OPTIONS } from '../learning/knowledge-api.ts';

export const knowledgeShow = defineCommand({
  name: 'knowledge show',
  summary: 'show one pattern with its outcomes, the history of its confidence and its earlier revisions',
  details:
    'With --json: {pattern, versions}. An earlier revision is put back by "selfheal knowledge restore ID --to N".',
  operands: { shown: 'ID|NAME', atLeast: 1, atMost: 1, aliases: ['pattern'] },
  options: { ...SCOPE_OPTIONS, ...JSON_OPTION },
  async run({ operands: [given = ''], options }, terminal) {
    const { api, scope } = await openScope(options, terminal);
    const id = await patternNamed({ api }, scope, given);
    const at = { param: { id }, query: { scope } };
    const pattern = await contentOf(await api.knowledge.patterns[':id'].$get(at));
    const { versions } = await contentOf(await api.knowledge.patterns[':id'].versions.$get(at));
    if (options.json === true) {
      await terminal.write(`${JSON.stringify({ pattern, versions })}\n`);
      return 0;
    }
    await writeTogether(terminal, [
      renderPattern(pattern),
      ...pattern.history.map(
        ({ at: when, stage, confidence, reason }) =>
          `  ${when.slice(0, 16)}  ${stage} ${confidence.toFixed(2)}  ${reason}\n`,
      ),
      ...pattern.outcomes.map(
        ({ at: when, incident, helped, by }) =>
          `  ${when.slice(0, 16)}  ${helped ? 'helped' : 'did not help'} in ${incident} (${by === 'human' ? 'reported by a person' : 'verified'})\n`,
      ),
      ...versions.map(({ revision, title, solution }) => `  revision ${revision}: ${title}: ${solution}\n`),
    ]);
    return 0;
  },
});
