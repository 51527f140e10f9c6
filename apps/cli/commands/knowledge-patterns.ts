import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { present } from '@selfheal/kernel/present.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { type LearnedPattern, PatternStage } from '#shared/domain/learning/learned-pattern.ts';
import { approvalsMissing, asItCounts, effectivenessOf } from '#shared/domain/learning/pattern-trust.ts';
import { parseClass } from '../learning/class-names.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, type Pattern, placeOf, renderPattern } from '../learning/knowledge-api.ts';
import { openPatterns } from '../learning/open-patterns.ts';

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

function stageOf(given: string | undefined): PatternStage | undefined {
  if (given === undefined) return undefined;
  const parsed = PatternStage.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(unknownValue('stage', given, PatternStage.options));
}

type Query = Parameters<ApiClient['api']['knowledge']['patterns']['$get']>[0]['query'];

async function listOver({ api }: ApiClient, query: Query, most: number): Promise<Pattern[]> {
  const found: Pattern[] = [];
  let cursor: string | null = null;
  do {
    const limit = String(Math.min(100, most - found.length));
    const page: { patterns: Pattern[]; next: string | null } = await contentOf(
      await api.knowledge.patterns.$get({ query: { ...query, limit, ...(cursor === null ? {} : { cursor }) } }),
    );
    found.push(...page.patterns);
    cursor = page.next;
  } while (cursor !== null && found.length < most);
  return found.sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1));
}

export const knowledgePatterns = defineCommand({
  name: 'knowledge patterns',
  aliases: ['knowledge', 'knowledge list'],
  summary: 'list learned patterns with what they match, what helped, confidence and history',
  details:
    'With --json: one pattern per line, with tags, provenance, outcomes and the history of its confidence. Confidence and stage are as of now:\n' +
    'the confidence of a pattern that matches nothing decreases over time.',
  options: {
    ...KNOWLEDGE_OPTIONS,
    stage: { type: 'string', value: 'STAGE', about: 'only patterns of this stage: observe, suggest, match or act' },
    class: { type: 'string', value: 'CLASS', aliases: ['category'], about: 'only patterns of this class' },
    last: { type: 'string', value: 'N', about: 'maximum number of patterns from the API; 100 by default' },
    tag: { type: 'string', value: 'TAG', about: 'only patterns with this tag (a class, a service, a severity ...)' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const stage = stageOf(options.stage);
    const failureClass = options.class === undefined ? undefined : parseClass(options.class);
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const query = {
        scope: placeOf(options.scope, terminal),
        ...present({ tag: options.tag, stage, class: failureClass }),
      };
      const most = wholeNumber('last', options.last, { otherwise: 100, atMost: 5000 });
      const found = await listOver(client, query, most);
      if (found.length === 0) terminal.say('selfheal: no such pattern. Write one down with "selfheal knowledge add".');
      const shown = (one: Pattern): string => (options.json === true ? `${JSON.stringify(one)}\n` : renderPattern(one));
      await writeTogether(terminal, found.map(shown));
      return 0;
    }
    const { patterns, scope, rules } = await openPatterns(options, terminal);
    const now = new Date(terminal.now());
    const all = (await patterns.list(scope))
      .filter(({ tags }) => options.tag === undefined || tags.includes(options.tag))
      .filter((pattern) => failureClass === undefined || pattern.class === failureClass)
      .map((pattern) => asItCounts(pattern, rules, now))
      .filter((pattern) => stage === undefined || pattern.stage === stage)
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
