import { applyChanges, byPerson, type PersonsWord } from '#shared/app/learning/pattern-maintenance.ts';
import { defineCommand, JSON_OPTION, shareOption, UsageError } from '../command.ts';
import { learningChange, openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
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
  if (reason.trim() === '') throw new UsageError('--confidence needs --reason TEXT, which is kept in the history.');
  return {
    kind: 'confidence',
    confidence: shareOption('confidence', confidence, 0.5),
    reason: reason.trim().slice(0, 300),
  };
}

export const knowledgeAdjust = defineCommand({
  name: 'knowledge adjust',
  summary:
    "approve a learned pattern, or say what its confidence is; a person's word can lower at once, and raise only slowly",
  details:
    'An approval lets a critical or financial pattern rise by its outcomes. A lower confidence holds at once and is the most it may reach; a\n' +
    'higher one frees it to rise, within the limit of a week.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: {
    ...PATTERN_OPTIONS,
    approve: { type: 'boolean', about: 'approve it' },
    confidence: { type: 'string', value: 'SHARE', about: 'its confidence, 0 to 1' },
    reason: { type: 'string', value: 'TEXT', about: 'why; needed with --confidence' },
    ...JSON_OPTION,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const word = wordOf(options);
    const opened = await openPatterns(options);
    const change = learningChange(opened, terminal);
    const pattern = (await opened.patterns.list(opened.scope)).find((one) => one.id === id);
    if (pattern === undefined) {
      throw new UsageError(`${id}: unknown pattern. "selfheal knowledge patterns" lists them.`);
    }
    if (pattern.retired !== null) throw new UsageError(`${id}: the pattern was retired: ${pattern.retired.reason}`);
    const changes = [byPerson(pattern, word, change, opened.rules)];
    return await sayChanges(
      await applyChanges(changes, { ...change, dryRun: false }, opened.patterns),
      options.json === true,
      terminal,
    );
  },
});
