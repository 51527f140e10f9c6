import { contentOf } from '../api/api-client.ts';
import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, requireYes, UsageError, yesOption } from '../command.ts';
import { openScope, REVISION_OPTION, revisionHeader, SCOPE_OPTIONS, sayWritten } from '../learning/knowledge-api.ts';

export const knowledgeRemove = defineCommand({
  name: 'knowledge remove',
  summary: 'remove a pattern: it counts no longer, and can be restored',
  details:
    'Needs --yes, or --dry-run to see what would be removed. "selfheal knowledge restore ID --to N" brings it back.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: {
    reason: { type: 'string', value: 'TEXT', about: 'why; kept in its history' },
    ...yesOption('remove it'),
    ...SCOPE_OPTIONS,
    ...REVISION_OPTION,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const { reason = '' } = options;
    const dryRun = options['dry-run'] === true;
    if (reason.trim() === '') throw new UsageError('"selfheal knowledge remove" needs --reason TEXT.');
    requireYes('knowledge remove', options, 'remove it');
    const header = revisionHeader(options.revision);
    const { api, scope } = await openScope(options, terminal);
    const query = { scope, reason, dryRun: dryRun ? ('true' as const) : ('false' as const) };
    const answer = await contentOf(await api.knowledge.patterns[':id'].$delete({ param: { id }, query, header }));
    return await sayWritten(answer, { done: 'removed', json: options.json === true }, terminal);
  },
});
