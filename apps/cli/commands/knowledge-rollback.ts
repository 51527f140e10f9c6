import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { applyChanges } from '#shared/app/learning/pattern-maintenance.ts';
import { rollBackPatterns } from '#shared/domain/learning/roll-back-patterns.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { learningChange, openPatterns } from '../learning/open-patterns.ts';
import { sayChanges } from '../learning/render-changes.ts';

function dateOf(given: string | undefined, now: Date): Date {
  if (given === undefined)
    throw new UsageError('"selfheal knowledge rollback" needs --to DATE, such as 2026-11-01 or 2026-11-01T12:00:00Z.');
  const at = Date.parse(given);
  if (!/^\d{4}-\d\d-\d\d/.test(given) || Number.isNaN(at))
    throw new UsageError(`--to ${given}: expected a date such as 2026-11-01 or 2026-11-01T12:00:00Z.`);
  if (at > now.getTime()) throw new UsageError(`--to ${given}: this is in the future. Use a past date.`);
  return new Date(at);
}

export const knowledgeRollback = defineCommand({
  name: 'knowledge rollback',
  aliases: ['rollback-learning'],
  summary: 'restore learned patterns to a date, except those that have proved good since',
  options: {
    ...KNOWLEDGE_OPTIONS,
    to: { type: 'string', value: 'DATE', aliases: ['to-date'], about: 'the date, UTC' },
    reason: { type: 'string', value: 'TEXT', about: 'the reason; recorded in the history' },
    'preserve-successful-patterns': {
      type: 'boolean',
      about: 'keep those that have proved good since; the default, the opposite of --all',
    },
    all: { type: 'boolean', about: 'also restore patterns that have proved good since' },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const reason = options.reason?.trim() ?? '';
    const to = dateOf(options.to, new Date(terminal.now()));
    if (options.all === true && options['preserve-successful-patterns'] === true)
      throw new UsageError('Use either --all or --preserve-successful-patterns.');
    if (reason === '') throw new UsageError('"selfheal knowledge rollback" needs --reason TEXT.');
    const dryRun = options['dry-run'] === true;
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const scope = placeOf(options.scope, terminal);
      const json = { scope, to: to.toISOString(), reason, all: options.all === true, dryRun };
      const answer = await contentOf(await client.api.knowledge.rollback.$post({ json }));
      if (answer.remaining > 0) terminal.say(`selfheal: ${answer.remaining} more changes: run the command again.`);
      return await sayChanges(answer.changes, options.json === true, terminal);
    }
    const opened = await openPatterns(options, terminal);
    const change = learningChange(opened, terminal);
    const changes = rollBackPatterns(await opened.patterns.list(opened.scope), {
      to,
      now: change.at,
      reason,
      keepProven: options.all !== true,
      rules: opened.rules,
    });
    const results = await applyChanges(changes, { ...change, dryRun }, opened.patterns);
    return await sayChanges(results, options.json === true, terminal);
  },
});
