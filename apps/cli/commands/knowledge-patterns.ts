import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { approvalsMissing, asItCounts, effectivenessOf } from '#shared/domain/learning/pattern-trust.ts';
import { shareText } from '#shared/kernel/numbers/proportion.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
import { writeTogether } from '../terminal.ts';

function render(pattern: LearnedPattern, missing: readonly string[]): string {
  const { id, class: failureClass, stage, confidence, wording, solution, tags, provenance, history, retired } = pattern;
  const helped = effectivenessOf(pattern);
  const interval = helped === null ? '' : ` (${helped.interval.map(shareText).join(' to ')})`;
  return [
    `${id}  ${failureClass}, ${retired === null ? stage : 'retired'}, confidence ${confidence.toFixed(2)}: ${wording}`,
    `  helped in ${helped === null ? 'no case yet' : `${helped.hits} of ${helped.cases}${interval}`}: ${solution}`,
    `  ${provenance.source}, ${provenance.by}, ${provenance.at.slice(0, 10)}${provenance.from === null ? '' : ` from ${provenance.from}`}; tags ${tags.join(', ') || 'none'}`,
    ...history
      .slice(-3)
      .map(
        ({ at, confidence: then, stage: before, reason }) =>
          `  ${at.slice(0, 10)}  ${before} ${then.toFixed(2)}  ${reason}`,
      ),
    ...(missing.length === 0 ? [] : [`  needs an approval because of ${missing.join(', ')}`]),
    '',
  ].join('\n');
}

export const knowledgePatterns = defineCommand({
  name: 'knowledge patterns',
  summary: 'list learned patterns with what they match, what helped, confidence and history',
  details:
    'With --json: one pattern per line, with tags, provenance, outcomes and the history of its confidence. Confidence and stage are as of now:\n' +
    'the confidence of a pattern that matches nothing decreases over time.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    ...PATTERN_OPTIONS,
    tag: { type: 'string', value: 'TAG', about: 'only patterns with this tag (a class, a service, a severity ...)' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { patterns, scope, rules } = await openPatterns(options);
    const now = new Date(terminal.now());
    const all = (await patterns.list(scope))
      .filter(({ tags }) => options.tag === undefined || tags.includes(options.tag))
      .map((pattern) => asItCounts(pattern, rules, now))
      .sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1));
    if (all.length === 0)
      terminal.say('selfheal: there are no learned patterns. Learn some with "selfheal knowledge learn FILE".');
    const texts = all.map((pattern) =>
      options.json === true ? `${JSON.stringify(pattern)}\n` : render(pattern, approvalsMissing(pattern, rules)),
    );
    await writeTogether(terminal, texts);
    return 0;
  },
});
