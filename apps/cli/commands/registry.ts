import type { Command } from '@selfheal/cli-kit/command.ts';
import { REQUESTS } from '../requests/table.ts';
import { actionExecute } from './action-execute.ts';
import { actionRecent } from './action-recent.ts';
import { actionTry } from './action-try.ts';
import { airflowImport } from './airflow-import.ts';
import { alertSet } from './alert-set.ts';
import { analyzeCommand } from './analyze.ts';
import { answersCorrect } from './answers-correct.ts';
import { answersReport } from './answers-report.ts';
import { approvalApprove } from './approval-approve.ts';
import { approvalDelegate } from './approval-delegate.ts';
import { approvalReject } from './approval-reject.ts';
import { approvalShow } from './approval-show.ts';
import { archScan } from './arch-scan.ts';
import { ciInsights } from './ci-insights.ts';
import { ciMetrics } from './ci-metrics.ts';
import { completion } from './completion.ts';
import { confidenceCalibrate } from './confidence-calibrate.ts';
import { confidenceRequire } from './confidence-require.ts';
import { configReset } from './config-reset.ts';
import { configRestore } from './config-restore.ts';
import { configSet } from './config-set.ts';
import { configShow } from './config-show.ts';
import { connectionCheck } from './connection-check.ts';
import { dataDelete } from './data-delete.ts';
import { dataExport } from './data-export.ts';
import { doctor } from './doctor.ts';
import { experimentResults } from './experiment-results.ts';
import { experimentStart } from './experiment-start.ts';
import { feedbackPost } from './feedback-post.ts';
import { fixDocument } from './fix-document.ts';
import { flakyDetect } from './flaky-detect.ts';
import { flakyExtend } from './flaky-extend.ts';
import { flakyList } from './flaky-list.ts';
import { flakyRecord } from './flaky-record.ts';
import { flakyRelease } from './flaky-release.ts';
import { gateBaseline } from './gate-baseline.ts';
import { gateCheck } from './gate-check.ts';
import { gateUpdate } from './gate-update.ts';
import { incidentExplain } from './incident-explain.ts';
import { incidentList } from './incident-list.ts';
import { incidentSimulate } from './incident-simulate.ts';
import { knowledgeAdd } from './knowledge-add.ts';
import { knowledgeAdjust } from './knowledge-adjust.ts';
import { knowledgeCheck } from './knowledge-check.ts';
import { knowledgeClean } from './knowledge-clean.ts';
import { knowledgeEdit } from './knowledge-edit.ts';
import { knowledgeExport } from './knowledge-export.ts';
import { knowledgeImport } from './knowledge-import.ts';
import { knowledgeLearn } from './knowledge-learn.ts';
import { knowledgeOptimize } from './knowledge-optimize.ts';
import { knowledgePatterns } from './knowledge-patterns.ts';
import { knowledgeRemove } from './knowledge-remove.ts';
import { knowledgeReset } from './knowledge-reset.ts';
import { knowledgeRestore } from './knowledge-restore.ts';
import { knowledgeRollback } from './knowledge-rollback.ts';
import { knowledgeSearch } from './knowledge-search.ts';
import { knowledgeShow } from './knowledge-show.ts';
import { knowledgeTry } from './knowledge-try.ts';
import { learningCheck } from './learning-check.ts';
import { learningEnable } from './learning-enable.ts';
import { learningLimits } from './learning-limits.ts';
import { learningMonitor } from './learning-monitor.ts';
import { learningPerformance } from './learning-performance.ts';
import { learningRate } from './learning-rate.ts';
import { learningReport } from './learning-report.ts';
import { learningScheduleReview } from './learning-schedule-review.ts';
import { learningStages } from './learning-stages.ts';
import { learningTest } from './learning-test.ts';
import { logAnomalies } from './log-anomalies.ts';
import { logChain } from './log-chain.ts';
import { logClassify } from './log-classify.ts';
import { logExcerpt } from './log-excerpt.ts';
import { logExpect } from './log-expect.ts';
import { logForward } from './log-forward.ts';
import { logMatch } from './log-match.ts';
import { logMonitor } from './log-monitor.ts';
import { logPoll } from './log-poll.ts';
import { logRecent } from './log-recent.ts';
import { logSample } from './log-sample.ts';
import { logSources } from './log-sources.ts';
import { logTemplates } from './log-templates.ts';
import { logTriage } from './log-triage.ts';
import { logWatched } from './log-watched.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { mcp } from './mcp.ts';
import { metricAnomalies } from './metric-anomalies.ts';
import { metricForecast } from './metric-forecast.ts';
import { modelList } from './model-list.ts';
import { modelPromote } from './model-promote.ts';
import { modelRollback } from './model-rollback.ts';
import { notifyTest } from './notify-test.ts';
import { patchCheck } from './patch-check.ts';
import { performanceAdvise } from './performance-advise.ts';
import { playbookCheck } from './playbook-check.ts';
import { pluginList } from './plugin-list.ts';
import { policyResume } from './policy-resume.ts';
import { productionCheck } from './production-check.ts';
import { productionConfigure } from './production-configure.ts';
import { redactCommand } from './redact.ts';
import { replay } from './replay.ts';
import { reportParse } from './report-parse.ts';
import { runTriage } from './run-triage.ts';
import { scenarioValidate } from './scenario-validate.ts';
import { serviceLevels } from './service-levels.ts';
import { serviceScale } from './service-scale.ts';
import { solutionAdd } from './solution-add.ts';
import { sourceTry } from './source-try.ts';
import { sparkDiagnose } from './spark-diagnose.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { testRecord } from './test-record.ts';
import { testSelect } from './test-select.ts';
import { trainCommand } from './train.ts';
import { watch } from './watch.ts';

/** Commands in the order of the help text: those with a file of their own, and the rows of `../requests` by their names. */
const ORDER: readonly (Command | string)[] = [
  analyzeCommand,
  connectionCheck,
  start,
  login,
  logout,
  watch,
  logExcerpt,
  logClassify,
  logChain,
  logTemplates,
  logTriage,
  logMatch,
  logExpect,
  logRecent,
  logMonitor,
  logForward,
  logPoll,
  logSample,
  logSources,
  'log statistics',
  logWatched,
  airflowImport,
  sparkDiagnose,
  logAnomalies,
  redactCommand,
  knowledgeSearch,
  knowledgePatterns,
  knowledgeShow,
  'knowledge stats',
  knowledgeAdd,
  knowledgeTry,
  knowledgeEdit,
  knowledgeRemove,
  knowledgeRestore,
  knowledgeLearn,
  knowledgeCheck,
  knowledgeClean,
  knowledgeAdjust,
  knowledgeOptimize,
  knowledgeRollback,
  knowledgeReset,
  knowledgeExport,
  knowledgeImport,
  'learning status',
  learningReport,
  learningScheduleReview,
  learningEnable,
  learningStages,
  learningLimits,
  learningCheck,
  learningTest,
  'learning metrics',
  learningPerformance,
  learningMonitor,
  learningRate,
  mcp,
  metricAnomalies,
  metricForecast,
  performanceAdvise,
  reportParse,
  flakyRecord,
  flakyDetect,
  flakyList,
  flakyRelease,
  flakyExtend,
  testSelect,
  testRecord,
  runTriage,
  replay,
  feedbackPost,
  gateCheck,
  gateUpdate,
  gateBaseline,
  fixDocument,
  ciMetrics,
  ciInsights,
  notifyTest,
  patchCheck,
  archScan,
  playbookCheck,
  solutionAdd,
  scenarioValidate,
  trainCommand,
  modelList,
  modelPromote,
  modelRollback,
  answersReport,
  answersCorrect,
  confidenceCalibrate,
  experimentResults,
  experimentStart,
  'experiment stop',
  incidentList,
  'incident show',
  incidentExplain,
  'incident create',
  'incident update',
  'incident postmortem',
  'incident acknowledge',
  'incident escalate',
  'incident resolve',
  'incident false-positive',
  'incident feedback',
  incidentSimulate,
  'action list',
  actionRecent,
  'action stats',
  actionTry,
  actionExecute,
  'baseline list',
  'service list',
  serviceLevels,
  'service health',
  serviceScale,
  'approval list',
  approvalApprove,
  approvalReject,
  approvalShow,
  approvalDelegate,
  'user list',
  'user link',
  'key create',
  'key list',
  'key revoke',
  'connection create',
  'connection list',
  'connection show',
  'connection rotate',
  'connection remove',
  'event list',
  'event show',
  'event replay',
  sourceTry,
  configShow,
  configSet,
  configReset,
  'config history',
  configRestore,
  'policy stop',
  'policy preview',
  policyResume,
  productionConfigure,
  productionCheck,
  confidenceRequire,
  'alert list',
  alertSet,
  status,
  'cost report',
  dataDelete,
  dataExport,
  'data history',
  doctor,
  pluginList,
  completion,
];

const ROWS = new Map(REQUESTS.map((row) => [row.name, row as Command]));

function rowNamed(name: string): Command {
  const row = ROWS.get(name);
  if (row === undefined) throw new Error(`No row of apps/cli/requests is named "${name}".`);
  return row;
}

/**
 * Every command, in the order of the help text. To add one that is options -> one request -> text, add a row to a table in `../requests`; for any
 * other add its file `<noun>-<verb>.ts`. Then add a line to `ORDER` and run `npm run commands`.
 */
export const COMMANDS: readonly Command[] = ORDER.map((one) => (typeof one === 'string' ? rowNamed(one) : one));
