import {
  DRY_RUN_OPTION,
  defineCommand,
  JSON_OPTION,
  listOf,
  shareOption,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { nearestValue, unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { addLocalPattern } from '../learning/add-local.ts';
import { classesNamed } from '../learning/class-names.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, patternNamed, placeOf, sayWritten } from '../learning/knowledge-api.ts';

/** What makes a text a regular expression rather than a line with stars. */
const EXPRESSION = /\\[.dswDSWbB()[\]+*?]|\.[*+]|[\])][*+?]|^\^|\$$|\(\?/;
const NO_SOLUTION = 'No solution is written down yet.';
const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
/** Of the requests' documents. */
const SEVERITY_OF: Readonly<Record<string, (typeof SEVERITIES)[number]>> = {
  high: 'error',
  medium: 'warning',
  low: 'info',
};

function severityOf(given: string | undefined): (typeof SEVERITIES)[number] | null {
  if (given === undefined) return null;
  const name = given.toLowerCase();
  const severity = SEVERITIES.find((one) => one === name) ?? SEVERITY_OF[name];
  if (severity !== undefined) return severity;
  throw new UsageError(unknownValue('severity', given, SEVERITIES));
}

/** The class that a category names, or else the tag that keeps its word. Throws `UsageError` for a slip of the finger. */
function categoryOf(given: string | undefined): { readonly class: FailureClass; readonly tag: string | null } {
  const [named] = given === undefined ? (['unknown'] as const) : classesNamed(given);
  if (given === undefined || named !== undefined) return { class: named ?? 'unknown', tag: null };
  const tag = given
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[_-]+/, '')
    .slice(0, MAX_TAG);
  if (tag === '' || nearestValue(given, FailureClass.options) !== null)
    throw new UsageError(unknownValue('category', given, FailureClass.options));
  return { class: 'unknown', tag };
}
const MAX_TAG = 40;

export const knowledgeAdd = defineCommand({
  name: 'knowledge add',
  aliases: ['add-knowledge', 'add-pattern', 'add-log-pattern'],
  summary: 'write down how a failure is recognised and what helps',
  details:
    'The pattern is the text of a log line with * for what varies, or a simple regular expression, which is turned into such a text. It is shown as a\n' +
    'suggestion from the start; every stage above has to be earned. It starts no action. Without --category it fits failures of any class.\n' +
    'Exit code 1 when it is refused, for example because it would have matched past incidents of another class.',
  options: {
    pattern: { type: 'string', value: 'TEXT', about: 'the text of the log line' },
    regex: { type: 'boolean', about: 'the pattern is a regular expression, also if it does not look like one' },
    title: { type: 'string', value: 'TEXT', aliases: ['name', 'description'], about: 'what happened, in a few words' },
    category: {
      type: 'string',
      value: 'CLASS',
      aliases: ['class'],
      about: 'the class of the failure, or a word for it such as connectivity; another word becomes a tag',
    },
    solution: { type: 'string', value: 'TEXT', about: 'what helps' },
    confidence: { type: 'string', value: 'SHARE', about: 'how likely it helps, 0 to 1; 0.5 by default' },
    tags: { type: 'string', value: 'TAG,...', about: 'tags, with commas' },
    severity: { type: 'string', value: 'LEVEL', about: 'critical, error, warning or info' },
    service: { type: 'string', value: 'NAME', about: 'the service it belongs to' },
    parent: {
      type: 'string',
      value: 'ID',
      aliases: ['parent-pattern'],
      about: 'the more general pattern that it refines',
    },
    action: { type: 'string', value: 'ID', about: 'the deployed action or playbook that is the solution' },
    ...KNOWLEDGE_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { pattern, solution = NO_SOLUTION } = options;
    if (pattern === undefined) throw new UsageError('"selfheal knowledge add" needs --pattern TEXT.');
    const { class: failureClass, tag } = categoryOf(options.category);
    if (tag !== null)
      terminal.say(
        `selfheal: the category "${options.category}" is none of Selfheal's classes: it is kept as the tag "${tag}", and the pattern fits failures of any class.`,
      );
    const meant = options.category === undefined ? [] : classesNamed(options.category);
    if (meant.length > 1)
      terminal.say(`selfheal: ${options.category} is here ${meant.join(' or ')}: taken as ${failureClass}.`);
    const severity = severityOf(options.severity);
    if (severity !== null && severity !== options.severity?.toLowerCase())
      terminal.say(`selfheal: severity ${options.severity} is here ${severity}.`);
    const isExpression = options.regex === true || EXPRESSION.test(pattern);
    const order = {
      pattern,
      syntax: isExpression ? ('expression' as const) : ('wording' as const),
      title: options.title ?? pattern.slice(0, 200),
      solution,
      class: failureClass,
      confidence: shareOption('confidence', options.confidence, 0.5),
      tags: [...listOf(options.tags?.toLowerCase()), ...(tag === null ? [] : [tag])],
      severity,
      service: options.service ?? null,
      parent: options.parent ?? null,
      action: options.action ?? null,
    };
    const dryRun = options['dry-run'] === true;
    const client = await apiUnlessNamed(options, terminal);
    if (client === null) return await addLocalPattern(order, { ...options, dryRun }, terminal);
    const scope = placeOf(options.scope, terminal);
    const parent = order.parent === null ? null : await patternNamed(client, scope, order.parent);
    const json = { ...order, parent, scope, dryRun };
    const answer = await contentOf(await client.api.knowledge.patterns.$post({ json }));
    if (isExpression && options.json !== true)
      terminal.say(
        `selfheal: read as a regular expression; it looks for: ${[answer.pattern.wording, ...answer.pattern.alternatives].join(' | ')}`,
      );
    return await sayWritten(answer, { done: 'added', json: options.json === true }, terminal);
  },
});
