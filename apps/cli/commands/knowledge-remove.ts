import {
  DRY_RUN_OPTION,
  defineCommand,
  JSON_OPTION,
  requireYes,
  UsageError,
  yesOption,
} from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import {
  openScope,
  patternNamed,
  placeWords,
  REVISION_OPTION,
  revisionHeader,
  SCOPE_OPTIONS,
  sayWritten,
} from '../learning/knowledge-api.ts';

export const knowledgeRemove = defineCommand({
  name: 'knowledge remove',
  summary: 'remove a pattern: it counts no longer, and can be restored',
  details:
    'Needs --yes, or --dry-run to see what would be removed. "selfheal knowledge restore ID --to N" brings it back.',
  operands: { shown: 'ID|NAME', atLeast: 1, atMost: 1, aliases: ['pattern'] },
  options: {
    reason: { type: 'string', value: 'TEXT', about: 'why; kept in its history' },
    ...yesOption('remove it'),
    ...SCOPE_OPTIONS,
    ...REVISION_OPTION,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { reason = '' } = options;
    const dryRun = options['dry-run'] === true;
    if (reason.trim() === '') throw new UsageError('"selfheal knowledge remove" needs --reason TEXT.');
    const header = revisionHeader(options.revision);
    const { api, scope } = await openScope(options, terminal);
    const id = await patternNamed({ api }, scope, given);
    await requireYes(
      'knowledge remove',
      { operands: [given], options },
      terminal,
      `remove the pattern ${id} of ${placeWords(scope)}`,
    );
    const query = { scope, reason, dryRun: dryRun ? ('true' as const) : ('false' as const) };
    const answer = await contentOf(await api.knowledge.patterns[':id'].$delete({ param: { id }, query, header }));
    return await sayWritten(answer, { done: 'removed', json: options.json === true }, terminal);
  },
});
