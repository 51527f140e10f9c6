import { DRY_RUN_OPTION, defineCommand, type ExitCode, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { sayChanges } from '../learning/render-changes.ts';
import { knowledgeCheck } from './knowledge-check.ts';

const MIN_CONFIDENCE = 0.3;
const UNUSED_DAYS = 36_500;

export const knowledgeClean = defineCommand({
  name: 'knowledge clean',
  aliases: ['clean-training-data'],
  summary: 'clean what was learned from: print the valid records of a file, or merge the similar patterns of a place',
  details:
    'With a file it prints the records as "selfheal knowledge check --clean" does: each incident once, times in UTC, services and tags in one spelling.\n' +
    'Without one it merges the similar patterns of a deployment and retires what fails; the records that these were learned from were cleaned when\n' +
    'they came in.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1, aliases: ['file'] },
  options: {
    'remove-duplicates': { type: 'boolean', about: 'each incident once, which cleaning always does' },
    'standardize-timestamps': { type: 'boolean', about: 'times in UTC, as always' },
    'normalize-service-names': { type: 'boolean', about: 'services in one spelling, as always' },
    'merge-similar-patterns': {
      type: 'boolean',
      about: 'merge similar patterns of a deployment; for this it takes no FILE',
    },
    ...KNOWLEDGE_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal, commands): Promise<ExitCode> {
    if (file !== undefined && options['merge-similar-patterns'] === true)
      throw new UsageError(
        '--merge-similar-patterns merges the patterns of a deployment: leave out FILE. Learn from the file first with "selfheal knowledge learn FILE".',
      );
    if (file !== undefined)
      return await knowledgeCheck.run({ operands: [file], options: { clean: true } }, terminal, commands);
    const client = await apiUnlessNamed(options, terminal);
    if (client === null)
      throw new UsageError(
        '"selfheal knowledge clean" needs FILE, or "selfheal login" for the patterns of a deployment.',
      );
    const dryRun = options['dry-run'] === true;
    const scope = placeOf(options.scope, terminal);
    const json = { scope, minConfidence: MIN_CONFIDENCE, unusedDays: UNUSED_DAYS, dryRun };
    const { changes } = await contentOf(await client.api.knowledge.optimize.$post({ json }));
    terminal.say(
      'selfheal: records are kept once by their incident, with times in UTC and services in one spelling, since they came in.',
    );
    return await sayChanges(changes, options.json === true, terminal);
  },
});
