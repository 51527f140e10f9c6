import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { FAMILY_OF } from '@selfheal/kernel/failure-class.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { type AnalyzeDeps, analyze } from '#shared/app/analyze/analyze.ts';
import { classifyIncident } from '#shared/app/classify/classify.ts';
import { gather } from '#shared/app/gather/gather.ts';
import { MAX_ARCHIVE_BYTES } from '#shared/app/gather/run.ts';
import { knowledge } from '#shared/app/knowledge/knowledge.ts';
import { readStory } from '#shared/app/notify/report.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { openIncident } from '#shared/domain/incident/open-incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { renderFindings } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { githubComment, renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { signalOfRun } from '#shared/plugins/sources/github/index.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { CodeHost, Job } from '#shared/ports/code-host.ts';
import type { Poster } from '#shared/ports/poster.ts';
import type { FoundRun, RunFinder } from '#shared/ports/run-finder.ts';
import type { CitedLine, FailureAnalysis, Posting, RunAnalysis } from './analysis.ts';
import { chooseJobs } from './choose-jobs.ts';
import { asking } from './github-problem.ts';
import { makeRunMemory, NO_SERVICE } from './run-memory.ts';
import { withJobs, withOneRead } from './run-reads.ts';
import { type RunQuestion, selectRun } from './select-run.ts';

export interface RunPorts
  extends Pick<AnalyzeDeps, 'archives' | 'clock' | 'code' | 'meter' | 'model' | 'recall' | 'signatures'> {
  readonly finder: RunFinder;
  readonly codeHost: CodeHost;
  readonly configuration: Configuration;
  readonly failureModel: FailureModel | undefined;
  readonly log: Parameters<typeof gather>[1]['log'];
  readonly warn: (line: string) => void;
  readonly debug: (line: string) => void;
}

export interface Wishes {
  /** Names of jobs; none: the usual ones. */
  readonly jobs: readonly string[];
  readonly post: boolean;
  readonly dryRun: boolean;
}

/**
 * Reads a failed run as the workflow of a deployment does, by the same steps up to the diagnosis, and renders or posts
 * the same comment. Throws UsageError for invalid options and when GitHub refuses or does not answer.
 */
export async function analyzeSelectedRun(question: RunQuestion, wishes: Wishes, ports: RunPorts): Promise<RunAnalysis> {
  const { repository } = question;
  const selected = await selectRun(question, ports.finder);
  if ('outcome' in selected) return selected;
  const { run, otherFailedRuns } = selected;
  const codeHost = withOneRead(ports.codeHost);
  const request = { what: `list the jobs of run ${run.id}`, right: 'Actions: read', missing: `Run ${run.id} is gone` };
  const jobs = await asking(request, () => codeHost.listJobs(repository, run.id, run.attempt));
  const chosen = chooseJobs(jobs, { names: wishes.jobs, jobId: question.jobId }, run.id);
  if (chosen.kind === 'passed') return { outcome: 'nothing-failed', repository, message: chosen.message };
  for (const name of chosen.unknown) ports.warn(`Run ${run.id} has no job "${name}".`);
  await checkLogs(repository, run, codeHost);
  const isChosen = (job: Job): boolean => chosen.jobs.includes(job) || !isFailure(job.conclusion);
  const reading = { what: `read run ${run.id}`, right: 'Actions: read', missing: `Run ${run.id} is gone` };
  const { story } = await asking(reading, () =>
    diagnoseRun(signalOf(run), { ...ports, codeHost: withJobs(codeHost, run.id, isChosen) }, { acceptGaps: true }),
  );
  return {
    ...analysisOf(story, run),
    otherFailedRuns: [...otherFailedRuns],
    jobs: jobs
      .filter(({ conclusion }) => isFailure(conclusion))
      .map(({ id, name, url, failedStep }) => ({
        name: name.shown,
        url,
        failedStep,
        analysed: chosen.jobs.some((job) => job.id === id),
      })),
    posting: await settlePosting(story, wishes, codeHost),
  };
}

/** The run as a webhook would have reported it. */
export function signalOf(run: FoundRun): Signal {
  const result = signalOfRun(run.report, `asked-for#${run.id}#${run.attempt}`);
  if (result.kind === 'signal') return result.signal;
  const reason = 'reason' in result ? result.reason : 'it is none';
  throw new UsageError(`GitHub's answer about run ${run.id} cannot be used: ${cleanText(reason, 300)}.`);
}

/** Reads the log first, because nothing can be diagnosed without it. */
export async function checkLogs(repository: string, { id, attempt, url }: FoundRun, codeHost: CodeHost): Promise<void> {
  const request = { what: `read the logs of run ${id}`, right: 'Actions: read', missing: `Run ${id} has no logs` };
  const archive = await asking(request, () => codeHost.downloadLogs(repository, id, attempt, MAX_ARCHIVE_BYTES));
  if (archive.kind === 'unavailable')
    throw new UsageError(`The logs of run ${id} cannot be read: ${archive.reason} Run it again for new ones: ${url}`);
}

/** What the workflow would know before its plan. */
export interface DiagnosedRun {
  readonly story: IncidentStory;
  readonly telemetry: Telemetry;
}

/**
 * The steps of the workflow in their order, up to the diagnosis. With `acceptGaps` what GitHub does not answer in time is left out; otherwise that is
 * thrown. Throws `UsageError` when no line of a log can be read.
 */
export async function diagnoseRun(
  signal: Signal,
  ports: Omit<RunPorts, 'finder' | 'warn'>,
  { acceptGaps }: { readonly acceptGaps: boolean },
): Promise<DiagnosedRun> {
  const incident = openIncident(signal, identify(signal), ports.clock.now());
  const incidentId = incident.id;
  const { failureModel, ...rest } = ports;
  const memory = makeRunMemory(incident);
  const deps = { ...NO_SERVICE, ...rest, ...memory };
  const timed = async <T>(step: string, work: Promise<T>): Promise<T> => {
    const begun = ports.clock.now().getTime();
    const result = await work;
    ports.debug(`${step}: ${ports.clock.now().getTime() - begun} ms, ${JSON.stringify(result)}`);
    return result;
  };
  const { lines, notes } = await timed('gather', gather({ incidentId, acceptGaps }, deps));
  if (lines === 0) throw new UsageError(`No log of the failed jobs has a line. ${notes.join(' ')}`.trim());
  await timed('classify', classifyIncident({ incidentId }, { ...deps, model: async () => failureModel }));
  const known = await timed('knowledge', knowledge({ incidentId }, { ...deps, actions: [] }));
  await timed('analyze', analyze({ incidentId, useModel: known.useModel, knowledgeId: known.matchId }, deps));
  const diagnosed = (await memory.incidents.get(incidentId)) ?? incident;
  // Nothing is stopped where nothing acts.
  const { control: _none, ...storyDeps } = deps;
  const story = { ...(await readStory(diagnosed, 'final', { ...storyDeps, actions: [] })), onlyDiagnosed: true };
  const telemetry = await memory.evidence.getTelemetry(incidentId);
  if (telemetry === null) throw new Error('The run left no telemetry.');
  return { story, telemetry };
}

type Findings = Omit<FailureAnalysis, 'otherFailedRuns' | 'jobs' | 'posting'>;

function analysisOf(story: IncidentStory, run: FoundRun): Findings {
  const { diagnosis, evidence, incident } = story;
  const { target } = incident;
  if (diagnosis === null || evidence === null || target.kind !== 'run')
    throw new Error(`The analysis of run ${run.id} left no diagnosis.`);
  const { classification, note, unchecked } = diagnosis;
  const { repository, runId, runAttempt: attempt, pullRequest } = target;
  return {
    outcome: 'analysed',
    run: { repository, runId, attempt, workflow: run.workflow, url: run.url, pullRequest },
    class: classification.class,
    family: FAMILY_OF[classification.class],
    verdict: classification.verdict,
    confidence: diagnosis.confidence,
    source: diagnosis.source,
    rootCause: diagnosis.rootCause,
    fix: diagnosis.fix,
    prevention: diagnosis.prevention,
    evidence: citedLines(story),
    notes: [...unchecked.map(({ text }) => text), ...evidence.notes],
    modelNote: note === null || note.code === 'no-model' ? null : note.text,
    comment: renderComment(story),
    text: renderFindings(story),
  };
}

/** The lines that decided and those that the texts cite, in the order of the logs. */
function citedLines({ diagnosis, evidence }: IncidentStory): CitedLine[] {
  const refs = new Set([...(diagnosis?.classification.evidence ?? []), ...(diagnosis?.evidence ?? [])]);
  return (evidence?.sources ?? []).flatMap(({ name, lines }) =>
    lines.flatMap(({ ref, number, text }) => (refs.has(ref) ? [{ ref, job: name, line: number, text }] : [])),
  );
}

const NO_MAIL: Mailer = {
  publish: async () => {
    throw new Error('The command line sends no mail.');
  },
};
const noPost = async (): Promise<never> => {
  throw new Error('The command line posts to no channel.');
};
const NO_POSTS: Poster = { secretOf: noPost, send: noPost };
const NOTHING_ELSE = { mailer: NO_MAIL, poster: NO_POSTS, smtp: { send: noPost }, texter: { send: noPost } };

/** Posts the comment if requested, with the notifier that a deployment uses. */
async function settlePosting(story: IncidentStory, { post, dryRun }: Wishes, codeHost: CodeHost): Promise<Posting> {
  const { target } = story.incident;
  if (dryRun) return { kind: 'dry-run' };
  if (!post) return { kind: 'not-asked' };
  if (target.kind !== 'run' || target.pullRequest === null) return { kind: 'no-pull-request' };
  const { repository, pullRequest } = target;
  let changed: 'created' | 'updated' | 'unchanged' = 'unchanged';
  const noting: CodeHost = {
    ...codeHost,
    createComment: (...given) => {
      changed = 'created';
      return codeHost.createComment(...given);
    },
    updateComment: (...given) => {
      changed = 'updated';
      return codeHost.updateComment(...given);
    },
  };
  const request = {
    what: `write the comment on pull request #${pullRequest} of ${repository}`,
    right: 'Pull requests: write',
    missing: `There is no pull request #${pullRequest} of ${repository}`,
  };
  let posted: { where: string } | null;
  try {
    posted = await asking(request, () =>
      githubComment.notify({ kind: 'progress', story }, { codeHost: noting, ...NOTHING_ELSE }),
    );
  } catch (error) {
    // The diagnosis is made and worth reading all the same.
    if (error instanceof UsageError) return { kind: 'failed', reason: error.message };
    throw error;
  }
  return posted === null ? { kind: 'newer-comment' } : { kind: 'posted', url: posted.where, changed };
}
