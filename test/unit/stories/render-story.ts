import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { RunHistory } from '@selfheal/diagnosis/failure/run-history.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { chainOfIncident } from '#shared/app/analyze/analyze.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { makeFailedTests } from '#shared/app/gather/tests.ts';
import { afterwardsOf } from '#shared/app/notify/report.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { anAlarmTarget, anIncident, aTelemetry, redactedText, someAlarmFacts } from '#test/builders/index.ts';

const ROOT = join(import.meta.dirname, '../../..');
const { signatures } = await loadSignatures(join(ROOT, 'shared/data'));
export const SIGNATURES = signatures;
const { model } = await loadFailureModel(join(ROOT, 'shared/data'));

/** What a job printed: a file of `test/fixtures`, or its text. */
export interface JobLog {
  readonly job: string;
  readonly runs: string;
  readonly file?: string;
  readonly text?: string;
  /** 1 unless it says otherwise. */
  readonly exit?: number;
}

/** A failure from its logs to its end. */
export interface StoryPlot {
  readonly title: string;
  readonly jobs?: readonly JobLog[];
  readonly alarm?: {
    readonly name: string;
    readonly reason: string;
    /** Lines of the service's log, each with its time. */
    readonly log: readonly string[];
    readonly deployment?: Deployment | null;
  };
  readonly status?: Incident['status'];
  readonly outcome?: string;
  readonly actions?: readonly ActionRecord[];
  readonly preExisting?: boolean | null;
  readonly history?: RunHistory;
}

export interface RenderedStory {
  readonly title: string;
  readonly story: IncidentStory;
  readonly evidence: Evidence;
  readonly classification: Classification;
  readonly diagnosis: Diagnosis;
  readonly comment: string;
  readonly mail: string;
  readonly subject: string;
}

const START = Date.UTC(2026, 10, 21, 11, 50, 0);

/** The log as GitHub's runner writes it: a time before each line, the step's command, and how it ended. */
function runnerLog({ runs, file, text, exit = 1 }: JobLog): string {
  const printed = text ?? readFileSync(join(ROOT, 'test/fixtures', file ?? ''), 'utf8');
  const lines = [
    `##[group]Run ${runs}`,
    runs,
    'shell: /usr/bin/bash -e {0}',
    '##[endgroup]',
    ...printed.trimEnd().split('\n'),
  ];
  if (exit !== 0) lines.push(`##[error]Process completed with exit code ${exit}.`);
  return lines.map((line, at) => `${new Date(START + at * 7).toISOString().replace('Z', '0000Z')} ${line}\n`).join('');
}

function evidenceOf({ jobs = [], alarm }: StoryPlot): Evidence {
  const excerpts = makeExcerpts(alarm === undefined ? jobs.length : 2);
  const tests = makeFailedTests();
  for (const [at, job] of jobs.entries()) {
    const log = runnerLog(job);
    const id = `job-${at + 1}`;
    excerpts
      .open({ id, name: redactedText(job.job), url: `https://github.com/acme/shop/actions/runs/1001/job/50${at + 1}` })
      .push(log);
    tests.open(id).push(log);
  }
  if (alarm !== undefined) {
    excerpts.open({ id: 'alarm', name: redactedText(`Alarm ${alarm.name}`), url: null }).push(`${alarm.reason}\n`);
    excerpts
      .open({ id: 'service-shop', name: redactedText('/aws/lambda/shop'), url: null })
      .push(`${alarm.log.join('\n')}\n`);
  }
  const failedTests = tests.finish();
  return {
    version: 1,
    incidentId: 'none',
    gatheredAt: new Date(START + 600_000).toISOString(),
    ...excerpts.finish(),
    ...(failedTests.length === 0 ? {} : { failedTests }),
  };
}

/** Tells a failure as the workflow does: gathered, classified, diagnosed by the rules, and rendered. */
export function renderStory(plot: StoryPlot): RenderedStory {
  const { alarm, actions = [], status = 'suggested', outcome = 'No safe action fits.' } = plot;
  const about = alarm === undefined ? 'run' : 'service';
  const evidence = evidenceOf(plot);
  const classification = classify(evidence, {
    signatures,
    model,
    about,
    ...(plot.history ? { history: plot.history } : {}),
  });
  const incident = anIncident({
    status,
    outcomeReason: outcome,
    classification,
    ...(alarm === undefined ? {} : { target: anAlarmTarget({ alarmName: alarm.name }) }),
  });
  const facts = alarm === undefined ? {} : { facts: someAlarmFacts({ deployment: alarm.deployment ?? null }) };
  const chain = chainOfIncident(incident, evidence, classification, aTelemetry(facts));
  const ruled = diagnoseByRules({
    evidence,
    classification,
    signatures,
    about,
    knowledge: null,
    preExisting: plot.preExisting ?? null,
    chain,
    note: null,
  });
  const diagnosis = redactDiagnosis(chain === null ? ruled : { ...ruled, chain });
  const story: IncidentStory = {
    incident,
    diagnosis,
    evidence,
    actions,
    stage: 'final',
    links: [],
    timeZone: 'UTC',
    afterwards: afterwardsOf(actions, ACTIONS),
  };
  const { subject, message } = renderMail(status === 'resolved' ? 'Resolved' : 'Needs a human', outcome, story);
  return {
    title: plot.title,
    story,
    evidence,
    classification,
    diagnosis,
    comment: renderComment(story),
    mail: message,
    subject,
  };
}
