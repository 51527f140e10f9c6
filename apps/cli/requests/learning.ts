import { helpedWords } from '#shared/domain/learning/outcomes-words.ts';
import { placeOf, placeWords } from '../learning/knowledge-api.ts';
import { renderFigures, renderStatus } from '../learning/render-status.ts';
import { requestCommand } from './request-command.ts';

const counts = (record: Readonly<Record<string, number>>): string =>
  Object.entries(record)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/** What was learned, and how good the answers are. */
export const LEARNING = [
  requestCommand({
    name: 'knowledge stats',
    request: 'GET /api/knowledge/stats',
    summary: 'count what is known in a scope: patterns by stage, class and source, lessons, past incidents',
    options: {
      scope: {
        value: 'PLACE',
        about:
          'owner/name, service:NAME, the name of an alarm, repository#ID:OWNER/NAME or alarm#ARN; all services by default',
      },
    },
    prepare: ({ fields: { scope } }, terminal) => ({ scope: placeOf(scope as string | undefined, terminal) }),
    text(stats) {
      const upTo = (count: number): string => (count >= stats.countedUpTo ? `${count} or more` : String(count));
      return [
        placeWords(stats.scope),
        `patterns: ${stats.patterns}, ${stats.retired} removed, ${stats.needApproval} waiting for an approval`,
        `  by stage: ${counts(stats.byStage)}`,
        `  by class: ${counts(stats.byClass)}`,
        `  by service: ${counts(stats.byService)}`,
        `  by source: ${counts(stats.bySource)}`,
        `  mean confidence ${stats.meanConfidence?.toFixed(2) ?? 'unknown'}; ${helpedWords(stats.helped, stats.verified)}`,
        `lessons: ${upTo(stats.lessons)}; past incidents: ${upTo(stats.pastIncidents)}`,
      ].map((line) => `${line}\n`);
    },
  }),
  requestCommand({
    name: 'learning status',
    aliases: ['ai-status', 'learning-stage-status'],
    request: 'GET /api/learning',
    summary: 'show the stage of learning, how far the next one is and when it may be there, and which model answers',
    details:
      'Without --scope: of the latest twenty scopes. The expected time assumes that outcomes come and help as in the last 30 days.\n' +
      'With --json: the answer of GET /api/learning.',
    options: { scope: { value: 'PLACE', about: 'owner/name, the name of an alarm, or a scope as it is stored' } },
    text: renderStatus,
  }),
  requestCommand({
    name: 'learning metrics',
    aliases: ['ai-metrics'],
    request: 'GET /api/learning/quality',
    summary:
      'show accuracy, Brier score, calibration and reliability of the model in production, and the mix of classes',
    details: 'Of the latest 2000 predictions. Exit code 1 when accuracy has fallen below what the training promised.',
    text: renderFigures,
    code: ({ degraded }) => (degraded ? 1 : 0),
  }),
];
