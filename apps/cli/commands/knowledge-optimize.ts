import {
  chosenParts,
  DRY_RUN_OPTION,
  defineCommand,
  JSON_OPTION,
  shareOption,
  wholeNumber,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { applyChanges } from '#shared/app/learning/pattern-maintenance.ts';
import { optimizePatterns, suggestGeneralisations } from '#shared/domain/learning/apply-pattern-changes.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { learningChange, openPatterns } from '../learning/open-patterns.ts';
import { sayChanges } from '../learning/render-changes.ts';

const sayGeneralisation = (ids: readonly string[], wording: string, terminal: Terminal): void =>
  terminal.say(`selfheal: ${ids.join(' and ')} could be one pattern: ${wording}`);

export const knowledgeOptimize = defineCommand({
  name: 'knowledge optimize',
  aliases: ['optimize-patterns'],
  summary: 'maintain learned patterns: merge duplicates, retire failing ones, lower the confidence of unused ones',
  details:
    'Does all three, or, with some of the first three switches, only what they name. Every change is recorded with its reason. A\n' +
    'wording that could replace two patterns is only suggested, on stderr. To use it, put it into the column pattern of a\n' +
    'record and run "selfheal knowledge learn".',
  options: {
    ...KNOWLEDGE_OPTIONS,
    'merge-similar': { type: 'boolean', about: 'only this: merge duplicates' },
    'remove-low-confidence': {
      type: 'boolean',
      about: 'only this: retire what fails, is below --min-confidence, or unused',
    },
    'suggest-generalizations': {
      type: 'boolean',
      about: 'only this: suggest wordings that could replace two patterns',
    },
    'min-confidence': {
      type: 'string',
      value: 'SHARE',
      about: 'retire patterns below this confidence after enough cases; 0.3 by default',
    },
    'unused-days': {
      type: 'string',
      value: 'N',
      about: 'retire observed patterns that matched nothing for so many days; 365 by default',
    },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const minConfidence = shareOption('min-confidence', options['min-confidence'], 0.3);
    const unusedDays = wholeNumber('unused-days', options['unused-days'], { otherwise: 365, atMost: 36_500 });
    const dryRun = options['dry-run'] === true;
    const only = chosenParts({
      merge: options['merge-similar'],
      retire: options['remove-low-confidence'],
      suggest: options['suggest-generalizations'],
    });
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const json = { scope: placeOf(options.scope, terminal), minConfidence, unusedDays, only: [...only], dryRun };
      const answer = await contentOf(await client.api.knowledge.optimize.$post({ json }));
      for (const { ids, wording } of answer.suggestions) sayGeneralisation(ids, wording, terminal);
      if (answer.remaining > 0) terminal.say(`selfheal: ${answer.remaining} more changes: run the command again.`);
      return await sayChanges(answer.changes, options.json === true, terminal);
    }
    const opened = await openPatterns(options, terminal);
    const change = learningChange(opened, terminal);
    const patterns = await opened.patterns.list(opened.scope);
    const changes = optimizePatterns(patterns, {
      rules: opened.rules,
      now: change.at,
      minConfidence,
      unusedDays,
      only,
    });
    for (const { ids, wording } of only.includes('suggest') ? suggestGeneralisations(patterns) : []) {
      sayGeneralisation(ids, wording, terminal);
    }
    const results = await applyChanges(changes, { ...change, dryRun }, opened.patterns);
    return await sayChanges(results, options.json === true, terminal);
  },
});
