import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import {
  openScope,
  patternNamed,
  REVISION_OPTION,
  revisionHeader,
  SCOPE_OPTIONS,
  sayWritten,
} from '../learning/knowledge-api.ts';

export const knowledgeRestore = defineCommand({
  name: 'knowledge restore',
  summary: 'put back what an earlier revision of a pattern said, also of a removed one',
  details: 'Outcomes since then stay. "selfheal knowledge show ID" lists the revisions.',
  operands: { shown: 'ID|NAME', atLeast: 1, atMost: 1, aliases: ['pattern'] },
  options: {
    to: { type: 'string', value: 'N', about: 'the revision to put back' },
    ...SCOPE_OPTIONS,
    ...REVISION_OPTION,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    if (options.to === undefined)
      throw new UsageError('"selfheal knowledge restore" needs --to N, the revision to put back.');
    const json = {
      revision: wholeNumber('to', options.to, { otherwise: 1, atMost: 999_999_999 }),
      dryRun: options['dry-run'] === true,
    };
    const header = revisionHeader(options.revision);
    const { api, scope } = await openScope(options, terminal);
    const id = await patternNamed({ api }, scope, given);
    const answer = await contentOf(
      await api.knowledge.patterns[':id'].restore.$post({ param: { id }, query: { scope }, header, json }),
    );
    return await sayWritten(answer, { done: 'restored', json: options.json === true }, terminal);
  },
});
