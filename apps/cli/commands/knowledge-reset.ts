import {
  DRY_RUN_OPTION,
  defineCommand,
  type ExitCode,
  JSON_OPTION,
  requireYes,
  yesOption,
} from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { openScope, placeMeant, placeWords, SCOPE_OPTIONS } from '../learning/knowledge-api.ts';
import { sayChanges } from '../learning/render-changes.ts';

export const knowledgeReset = defineCommand({
  name: 'knowledge reset',
  aliases: ['reset-knowledge-base'],
  summary: 'retire every pattern of a scope',
  details:
    'Needs --yes, or --dry-run to see what would be retired, and the role admin. "selfheal knowledge rollback --to DATE" restores what was there\n' +
    'at that time.',
  options: {
    ...yesOption('retire them all'),
    reason: { type: 'string', value: 'TEXT', about: 'why; kept in the history of each' },
    ...SCOPE_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const dryRun = options['dry-run'] === true;
    const { api, scope } = await openScope(options, terminal);
    const place = placeWords(await placeMeant({ api }, scope));
    await requireYes('knowledge reset', { options }, terminal, `retire every pattern of ${place}`);
    const json = { scope, confirm: scope, reason: options.reason ?? 'the knowledge base was reset', dryRun };
    let code: ExitCode = 0;
    let remaining: number;
    do {
      const answer = await contentOf(await api.knowledge.reset.$post({ json }));
      remaining = dryRun ? 0 : answer.remaining;
      if (dryRun && answer.remaining > 0) terminal.say(`selfheal: and ${answer.remaining} more.`);
      const said = await sayChanges(answer.changes, options.json === true, terminal);
      code = said === 0 ? code : said;
      if (said !== 0) break;
    } while (remaining > 0);
    return code;
  },
});
