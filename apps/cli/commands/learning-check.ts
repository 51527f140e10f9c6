import {
  chosenParts,
  defineCommand,
  JSON_OPTION,
  shareOption,
  UsageError,
  wholeNumber,
} from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { type HealthCheck, type LearningHealth, learningHealthOf } from '#shared/domain/learning/learning-health.ts';
import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { apiUnlessNamed } from '../learning/knowledge-api.ts';
import { PERIOD_OPTIONS, readLearning } from '../learning/learning-material.ts';
import { renderHealth } from '../learning/render-learning.ts';
import { tuningWords } from '../learning/render-status.ts';

/** The schedule compares answers with outcomes every half hour. */
const WATCHED_WITHIN_MS = 2 * 60 * 60 * 1000;

/** What learning depends on, besides its patterns. */
async function systemChecks({ api }: ApiClient, now: number): Promise<HealthCheck[]> {
  const [{ model }, { workflow }, quality] = await Promise.all([
    contentOf(await api.learning.$get({ query: {} })),
    contentOf(await api.status.$get()),
    contentOf(await api.learning.quality.$get({ query: {} })),
  ]);
  const check = (name: string, isGood: boolean, text: string, advice: string): HealthCheck => ({
    ...{ name, text, state: isGood ? 'good' : 'bad', advice: isGood ? null : advice },
  });
  const late = model.watchedAt === null ? null : now - Date.parse(model.watchedAt) > WATCHED_WITHIN_MS;
  return [
    check(
      'model',
      !model.degraded,
      `${model.id}, ${model.judged} answers judged`,
      'Look at "selfheal learning metrics", and retrain or roll back the model.',
    ),
    late === null
      ? { name: 'watch', state: 'unknown', text: 'answers were never compared with outcomes yet', advice: null }
      : check(
          'watch',
          !late,
          `last at ${model.watchedAt}`,
          'Look at the log of the function answers: its schedule runs every half hour.',
        ),
    quality.tuning === 'not known'
      ? { name: 'calibration', state: 'unknown', text: tuningWords(quality.tuning), advice: null }
      : check(
          'calibration',
          quality.tuning !== 'too sure',
          tuningWords(quality.tuning),
          'Raise the thresholds of the policy, or recalibrate with "selfheal confidence calibrate".',
        ),
    quality.mix === null
      ? { name: 'mix of classes', state: 'unknown', text: 'too few answers', advice: null }
      : check(
          'mix of classes',
          !quality.mix.drifted,
          quality.mix.drifted ? 'changed' : 'unchanged',
          'Failures are of other kinds than before: retrain the model.',
        ),
    check(
      'workflow',
      workflow.state === 'ok',
      counted(workflow.stalled, 'stalled incident'),
      'Look at the log of the function reconciler.',
    ),
  ];
}

function withSystem(health: LearningHealth, checks: readonly HealthCheck[]): LearningHealth {
  return {
    ...health,
    healthy: health.healthy && checks.every(({ state }) => state !== 'bad'),
    checks: [...health.checks, ...checks],
    recommendations: [...health.recommendations, ...checks.flatMap(({ advice }) => advice ?? [])],
  };
}

export const learningCheck = defineCommand({
  name: 'learning check',
  aliases: ['diagnose-pattern-accuracy', 'ai-health-check'],
  summary:
    'check the health of learning (accuracy, success, coverage, time, velocity, conflicts, limits) and recommend what to do',
  details:
    'Reads the same data as "selfheal learning report". Lists patterns with a poor success rate and the incidents in which they did not help.\n' +
    'Exit code 1 when a check is bad. With too few cases a check is neither good nor bad.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    ...PERIOD_OPTIONS,
    comprehensive: { type: 'boolean', about: 'also check the model, its watch and the workflow of a deployment' },
    'analyze-failures': {
      type: 'boolean',
      about: 'only this besides the checks: the incidents in which patterns did not help',
    },
    'suggest-improvements': { type: 'boolean', about: 'only this besides the checks: what to do' },
    'min-accuracy': {
      type: 'string',
      value: 'SHARE',
      about: 'minimum share of recognised incidents that are recognised correctly; 0.8 by default',
    },
    'min-success': {
      type: 'string',
      value: 'SHARE',
      about: 'minimum share of cases in which a pattern helps; 0.7 by default',
    },
    'min-coverage': {
      type: 'string',
      value: 'SHARE',
      about: 'minimum share of incidents that patterns recognise; 0.3 by default',
    },
    'max-minutes': {
      type: 'string',
      value: 'N',
      about: 'maximum mean time to resolve an incident; 120 by default',
    },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const limits = {
      minAccuracy: shareOption('min-accuracy', options['min-accuracy'], 0.8),
      minSuccess: shareOption('min-success', options['min-success'], 0.7),
      minCoverage: shareOption('min-coverage', options['min-coverage'], 0.3),
      maxMinutes: wholeNumber('max-minutes', options['max-minutes'], { otherwise: 120, atMost: 100_000 }),
    };
    const parts = chosenParts({ failures: options['analyze-failures'], advice: options['suggest-improvements'] });
    const shown = (health: LearningHealth): LearningHealth => ({
      ...health,
      weak: parts.includes('failures') ? health.weak : [],
      recommendations: parts.includes('advice') ? health.recommendations : [],
    });
    const client = file === undefined ? await apiUnlessNamed(options, terminal) : null;
    if (client !== null) {
      const days = String(wholeNumber('days', options.days, { otherwise: 30, atMost: 400 }));
      const asked = Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, String(limit)]));
      const query = { days, ...asked, ...present({ scope: options.scope }) };
      const read = (await contentOf(await client.api.learning.health.$get({ query }))) as LearningHealth;
      const whole =
        options.comprehensive === true ? withSystem(read, await systemChecks(client, terminal.now())) : read;
      await terminal.write(options.json === true ? `${JSON.stringify(shown(whole))}\n` : renderHealth(shown(whole)));
      return whole.healthy ? 0 : 1;
    }
    if (options.comprehensive === true)
      throw new UsageError('--comprehensive needs the API: sign in with "selfheal login", or use --url.');
    const { material, stored, opened } = await readLearning(file, options, terminal);
    const health = learningHealthOf(learningReportOf(material), stored, { rules: opened.rules, limits });
    await terminal.write(options.json === true ? `${JSON.stringify(shown(health))}\n` : renderHealth(shown(health)));
    return health.healthy ? 0 : 1;
  },
});
