import type { Command } from '@selfheal/cli-kit/command.ts';
import { actionExecute } from './action-execute.ts';
import { actionList } from './action-list.ts';
import { actionRecent } from './action-recent.ts';
import { actionStats } from './action-stats.ts';
import { actionTry } from './action-try.ts';
import { alertList } from './alert-list.ts';
import { alertSet } from './alert-set.ts';
import { analyzeCommand } from './analyze.ts';
import { approvalApprove } from './approval-approve.ts';
import { approvalDelegate } from './approval-delegate.ts';
import { approvalList } from './approval-list.ts';
import { approvalReject } from './approval-reject.ts';
import { approvalShow } from './approval-show.ts';
import { archScan } from './arch-scan.ts';
import { baselineList } from './baseline-list.ts';
import { ciInsights } from './ci-insights.ts';
import { ciMetrics } from './ci-metrics.ts';
import { completion } from './completion.ts';
import { confidenceCalibrate } from './confidence-calibrate.ts';
import { confidenceRequire } from './confidence-require.ts';
import { configHistory } from './config-history.ts';
import { configReset } from './config-reset.ts';
import { configRestore } from './config-restore.ts';
import { configSet } from './config-set.ts';
import { configShow } from './config-show.ts';
import { connectionCheck } from './connection-check.ts';
import { connectionCreate } from './connection-create.ts';
import { connectionList } from './connection-list.ts';
import { connectionRemove } from './connection-remove.ts';
import { connectionRotate } from './connection-rotate.ts';
import { connectionShow } from './connection-show.ts';
import { costReport } from './cost-report.ts';
import { dataDelete } from './data-delete.ts';
import { dataExport } from './data-export.ts';
import { doctor } from './doctor.ts';
import { eventList } from './event-list.ts';
import { eventReplay } from './event-replay.ts';
import { eventShow } from './event-show.ts';
import { experimentResults } from './experiment-results.ts';
import { experimentStart } from './experiment-start.ts';
import { experimentStop } from './experiment-stop.ts';
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
import { incidentAcknowledge } from './incident-acknowledge.ts';
import { incidentCreate } from './incident-create.ts';
import { incidentExplain } from './incident-explain.ts';
import { incidentFalsePositive } from './incident-false-positive.ts';
import { incidentFeedback } from './incident-feedback.ts';
import { incidentList } from './incident-list.ts';
import { incidentPostmortem } from './incident-postmortem.ts';
import { incidentResolve } from './incident-resolve.ts';
import { incidentShow } from './incident-show.ts';
import { incidentSimulate } from './incident-simulate.ts';
import { incidentUpdate } from './incident-update.ts';
import { keyCreate } from './key-create.ts';
import { keyList } from './key-list.ts';
import { keyRevoke } from './key-revoke.ts';
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
import { knowledgeStats } from './knowledge-stats.ts';
import { knowledgeTry } from './knowledge-try.ts';
import { learningCheck } from './learning-check.ts';
import { learningEnable } from './learning-enable.ts';
import { learningLimits } from './learning-limits.ts';
import { learningMetrics } from './learning-metrics.ts';
import { learningMonitor } from './learning-monitor.ts';
import { learningPerformance } from './learning-performance.ts';
import { learningRate } from './learning-rate.ts';
import { learningReport } from './learning-report.ts';
import { learningScheduleReview } from './learning-schedule-review.ts';
import { learningStages } from './learning-stages.ts';
import { learningStatus } from './learning-status.ts';
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
import { logStatistics } from './log-statistics.ts';
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
import { policyResume } from './policy-resume.ts';
import { policyStop } from './policy-stop.ts';
import { productionCheck } from './production-check.ts';
import { productionConfigure } from './production-configure.ts';
import { qualityCorrect } from './quality-correct.ts';
import { qualityReport } from './quality-report.ts';
import { redactCommand } from './redact.ts';
import { replay } from './replay.ts';
import { reportParse } from './report-parse.ts';
import { runTriage } from './run-triage.ts';
import { scenarioValidate } from './scenario-validate.ts';
import { serviceHealth } from './service-health.ts';
import { serviceLevels } from './service-levels.ts';
import { serviceList } from './service-list.ts';
import { serviceScale } from './service-scale.ts';
import { solutionAdd } from './solution-add.ts';
import { sourceTry } from './source-try.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { testRecord } from './test-record.ts';
import { testSelect } from './test-select.ts';
import { trainCommand } from './train.ts';
import { userLink } from './user-link.ts';
import { userList } from './user-list.ts';
import { watch } from './watch.ts';

/** Every command, in the order of the help text. To add one, add its file `<noun>-<verb>.ts` and a line here, and run `npm run commands`. */
export const COMMANDS: readonly Command[] = [
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
  logStatistics,
  logWatched,
  logAnomalies,
  redactCommand,
  knowledgeSearch,
  knowledgePatterns,
  knowledgeShow,
  knowledgeStats,
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
  learningStatus,
  learningReport,
  learningScheduleReview,
  learningEnable,
  learningStages,
  learningLimits,
  learningCheck,
  learningTest,
  learningMetrics,
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
  qualityReport,
  qualityCorrect,
  confidenceCalibrate,
  experimentResults,
  experimentStart,
  experimentStop,
  incidentList,
  incidentShow,
  incidentExplain,
  incidentCreate,
  incidentUpdate,
  incidentPostmortem,
  incidentAcknowledge,
  incidentResolve,
  incidentFalsePositive,
  incidentFeedback,
  incidentSimulate,
  actionList,
  actionRecent,
  actionStats,
  actionTry,
  actionExecute,
  baselineList,
  serviceList,
  serviceLevels,
  serviceHealth,
  serviceScale,
  approvalList,
  approvalApprove,
  approvalReject,
  approvalShow,
  approvalDelegate,
  userList,
  userLink,
  keyCreate,
  keyList,
  keyRevoke,
  connectionCreate,
  connectionList,
  connectionShow,
  connectionRotate,
  connectionRemove,
  eventList,
  eventShow,
  eventReplay,
  sourceTry,
  configShow,
  configSet,
  configReset,
  configHistory,
  configRestore,
  policyStop,
  policyResume,
  productionConfigure,
  productionCheck,
  confidenceRequire,
  alertList,
  alertSet,
  status,
  costReport,
  dataDelete,
  dataExport,
  doctor,
  completion,
];
