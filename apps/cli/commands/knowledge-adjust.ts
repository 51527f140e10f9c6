import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { applyChanges, byPerson, type PersonsWord } from '#shared/app/learning/pattern-maintenance.ts';
import { showOrder } from '../incidents/change-incident.ts';
import {
  apiUnlessNamed,
  idAmong,
  KNOWLEDGE_OPTIONS,
  patternNamed,
  placeOf,
  sayWritten,
} from '../learning/knowledge-api.ts';
import { learningChange, openPatterns } from '../learning/open-patterns.ts';
import { sayChanges } from '../learning/render-changes.ts';

function wordOf(options: {
  approve?: boolean | undefined;
  confidence?: string | undefined;
  reason?: string | undefined;
}): PersonsWord {
  const { approve, confidence, reason = '' } = options;
  if ((approve === true) === (confidence !== undefined)) {
    throw new UsageError('"selfheal knowledge adjust" needs either --approve or --confidence SHARE.');
  }
  if (confidence === undefined) return { kind: 'approve' };
  if (reason.trim() === '') throw new UsageError('--confidence needs --reason TEXT for the history.');
  return {
    kind: 'confidence',
    confidence: shareOption('confidence', confidence, 0.5),
    reason: reason.trim().slice(0, 300),
  };
}

export const knowledgeAdjust = defineCommand({
  name: 'knowledge adjust',
  aliases: ['update-confidence'],
  summary: 'approve a learned pattern or change its confidence',
  details:
    'A critical or financial pattern needs an approval before good outcomes raise it. A lower confidence applies at once and becomes the upper\n' +
    'limit of the pattern. A higher confidence removes that limit; the pattern then rises with its outcomes, no faster than the weekly limit.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1, aliases: ['pattern'] },
  options: {
    ...KNOWLEDGE_OPTIONS,
    approve: { type: 'boolean', about: 'approve the pattern' },
    confidence: {
      type: 'string',
      value: 'SHARE',
      aliases: ['new-confidence'],
      about: 'the new confidence, 0 to 1',
    },
    reason: { type: 'string', value: 'TEXT', about: 'the reason; required with --confidence' },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const word = wordOf(options);
    const dryRun = options['dry-run'] === true;
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const scope = placeOf(options.scope, terminal);
      const id = await patternNamed(client, scope, given);
      if (dryRun) {
        const { kind, ...body } = word;
        const route = kind === 'approve' ? 'approval' : 'confidence';
        return await showOrder(`POST /api/knowledge/patterns/${id}/${route}`, body, terminal);
      }
      const at = { param: { id }, query: { scope }, header: { 'if-match': '*' } };
      const { confidence, approval } = client.api.knowledge.patterns[':id'];
      const response =
        word.kind === 'approve'
          ? await approval.$post({ ...at, json: {} })
          : await confidence.$post({ ...at, json: { confidence: word.confidence, reason: word.reason } });
      return await sayWritten(await contentOf(response), { done: 'changed', json: options.json === true }, terminal);
    }
    const opened = await openPatterns(options, terminal);
    const change = learningChange(opened, terminal);
    const known = await opened.patterns.list(opened.scope);
    const id = idAmong(known, given, 'the file');
    const pattern = known.find((one) => one.id === id);
    if (pattern === undefined) throw new UsageError(`${given}: unknown pattern.`);
    if (pattern.retired !== null)
      throw new UsageError(`${given}: the pattern is retired and cannot be changed: ${pattern.retired.reason}`);
    const adjusted = byPerson(pattern, word, change, opened.rules);
    const reached = adjusted.after.confidence;
    if (word.kind === 'confidence' && reached < word.confidence - 0.005)
      terminal.say(
        `selfheal: It is ${reached.toFixed(2)}, not ${word.confidence.toFixed(2)}: a confidence rises by at most ${opened.rules.maxConfidenceGainPerWeek.toFixed(2)} a week and no higher than its outcomes allow.`,
      );
    const changes = [adjusted];
    return await sayChanges(
      await applyChanges(changes, { ...change, dryRun }, opened.patterns),
      options.json === true,
      terminal,
    );
  },
});
