import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { durationWords, instantWords } from '@selfheal/kernel/time-words.ts';
import type { ChangeBefore } from '@selfheal/log-reading/logs/evidence.ts';
import type { Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { isAlarmOrAlert } from '#shared/domain/incident/target-context.ts';
import { changeRequestOf } from '../../hosts/registry.ts';
import type { IncidentStory } from '../contract.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A number that says how sure something is. Each has a name of its own, so that no word has two meanings on a page. */
export interface Confidence {
  readonly name: string;
  /** 0 to 100. */
  readonly percent: number;
  /** One sentence. */
  readonly meaning: string;
}

/** How sure the story's statements are. Empty before a diagnosis. */
export function confidencesOf({ diagnosis }: Pick<IncidentStory, 'diagnosis'>): readonly Confidence[] {
  if (diagnosis === null) return [];
  const { classification, confidence, source } = diagnosis;
  const kind = {
    name: 'Certainty of the class',
    percent: percentOf(classification.confidence),
    meaning: `How likely "${classification.class.replaceAll('_', ' ')}" is the right kind of failure.`,
  };
  const known = classification.class === 'unknown' ? [] : [kind];
  if (classification.class === 'unknown' && source === 'rules') return known;
  if (percentOf(confidence) === kind.percent) return known;
  const cause = {
    name: 'Certainty of the cause',
    percent: percentOf(confidence),
    meaning: {
      rules: 'How likely the root cause is right, by the built-in rules.',
      model: 'How sure the language model is of the root cause that it wrote.',
      knowledge: 'How likely the root cause is the one known from earlier incidents and playbooks.',
    }[source],
  };
  return [...known, cause];
}

/** What was deployed or changed before the failure, when, and by whom, as far as GitHub and AWS say. */
export function changeLines(story: IncidentStory): readonly string[] {
  return [...targetLines(story), ...recordedLines(story)];
}

const KIND_WORDS: Readonly<Record<ChangeBefore['kind'], string>> = {
  commit: 'Commit',
  'pull-request': 'Pull request',
  release: 'Release',
  'workflow-run': 'Workflow run',
  deployment: 'Deployment',
  'configuration-change': 'Configuration change',
};

/** Changes of the change graph, the likeliest cause first. */
function recordedLines({ evidence, incident, timeZone }: IncidentStory): readonly string[] {
  const { target } = incident;
  const failedAt = Date.parse(isAlarmOrAlert(target) ? target.changedAt : incident.openedAt);
  return (evidence?.changes ?? []).map(({ kind, at, title, by, state, files }) => {
    const since = failedAt - Date.parse(at);
    const words = cleanText(title, 200);
    const named = words.toLowerCase().startsWith(KIND_WORDS[kind].toLowerCase())
      ? words
      : `${KIND_WORDS[kind]}: ${words}`;
    const when = `${since >= 0 ? `${durationWords(since)} before` : 'at the time'} (${instantWords(new Date(at), timeZone)})`;
    const who = by === null ? '' : `, by ${cleanText(by, 100)}`;
    const ended = state === 'failed' ? ', which failed' : '';
    const touched =
      files.length === 0
        ? ''
        : `. It touches ${files.map((file) => cleanText(file, 120)).join(', ')}, which the failing lines name`;
    return `${named}, ${when}${who}${ended}${touched}.`;
  });
}

function targetLines({ incident, diagnosis, telemetry, timeZone }: IncidentStory): readonly string[] {
  const { target } = incident;
  if (target.kind === 'run') {
    const lines = runLines(target, timeZone, telemetry ?? null);
    // The diagnosis compares what failed, job by job, and the page shows its words.
    return (diagnosis?.preExisting ?? null) === null ? [...lines, ...branchLines(telemetry ?? null)] : lines;
  }
  const facts = telemetry?.facts;
  if (facts === undefined || facts.kind === 'run' || facts.deployment === null) return [];
  const failedAt = isAlarmOrAlert(target) ? target.changedAt : incident.openedAt;
  return deploymentLines(facts.deployment, { failedAt, timeZone });
}

type RunTarget = Extract<IncidentStory['incident']['target'], { kind: 'run' }>;

function runLines(target: RunTarget, timeZone: string, telemetry: IncidentStory['telemetry']): string[] {
  const { headSha, actor, event, pullRequest, people, repository } = target;
  const author = people?.author ?? null;
  const pusher = people?.lastPusher ?? null;
  const who = [
    ...(author === null ? [] : [`written by ${author}`]),
    ...(pusher === null || pusher === author ? [] : [`pushed by ${pusher}`]),
    ...(author === null && pusher === null && actor !== null ? [`started by ${actor}`] : []),
  ];
  const where = pullRequest === null ? repository : `${changeRequestOf(repository, pullRequest)} of ${repository}`;
  const commit = `Commit ${headSha.slice(0, 12)} of ${where}${who.length === 0 ? '' : `, ${who.join(', ')}`} (${event}).`;
  const facts = telemetry?.facts;
  if (facts?.kind !== 'run') return [commit];
  const began =
    facts.startedAt === null ? [] : [`Its attempt began on ${instantWords(new Date(facts.startedAt), timeZone)}.`];
  return [commit, ...began];
}

function branchLines(telemetry: IncidentStory['telemetry']): string[] {
  if (telemetry?.facts.kind !== 'run') return [];
  const [newest] = telemetry.facts.defaultBranchConclusions;
  return newest === undefined
    ? []
    : [`The newest run of the same workflow on the default branch ended with ${newest}.`];
}

function deploymentLines(
  deployment: Deployment,
  { failedAt, timeZone }: { readonly failedAt: string; readonly timeZone: string },
): string[] {
  const [version, place, before] =
    deployment.kind === 'lambda-alias'
      ? [
          `version ${deployment.currentVersion}`,
          `${deployment.functionName}:${deployment.alias}`,
          deployment.previousVersion === null ? null : `version ${deployment.previousVersion}`,
        ]
      : [
          revisionOf(deployment.currentTaskDefinition),
          `${deployment.cluster}/${deployment.service}`,
          deployment.previousTaskDefinition === null ? null : revisionOf(deployment.previousTaskDefinition),
        ];
  const { deployedAt } = deployment;
  // In the past tense: an action or a person may have deployed another version since.
  const since =
    deployedAt === null
      ? `ran at ${place} when it failed`
      : `was deployed to ${place} on ${whenWords(deployedAt, failedAt, timeZone)}`;
  const earlier = before === null ? '' : `; before it ran ${before}`;
  const others = (deployment.otherDeployments ?? []).filter(
    (at) => Math.abs(Date.parse(failedAt) - Date.parse(at)) <= DAY_MS && at !== deployedAt,
  );
  const more = others
    .toSorted()
    .reverse()
    .slice(0, 3)
    .map((at) => `Another version was deployed on ${whenWords(at, failedAt, timeZone)}.`);
  const state = cleanText(`${sentenceCase(version)} ${since}${earlier}. AWS does not report by whom.`, 600);
  return [state, ...more];
}

/** A revision is a name and stays as it is. */
const sentenceCase = (version: string): string => version.replace(/^version\b/, 'Version');

const revisionOf = (taskDefinition: string): string => taskDefinition.split('/').at(-1) ?? taskDefinition;

function whenWords(at: string, failedAt: string, timeZone: string): string {
  const distance = Date.parse(failedAt) - Date.parse(at);
  const relative = distance >= 0 ? 'before the failure' : 'after the failure';
  return `${instantWords(new Date(at), timeZone)}, ${durationWords(distance)} ${relative}`;
}

/** That the kill switch is on, since when and why, and what an answer to a question would come to; null while it is off. */
export function stoppedWords({
  stopped,
  timeZone,
  stage,
}: Pick<IncidentStory, 'stopped' | 'timeZone'> & Partial<Pick<IncidentStory, 'stage'>>): string | null {
  if (!stopped) return null;
  const { since, by, reason } = stopped;
  const when = since ? ` since ${instantWords(new Date(since), timeZone)}` : '';
  const who = by ? ` by ${cleanText(by, 200)}` : '';
  const why = reason ? `: ${cleanText(reason, 500).replace(/[.\s]+$/, '')}` : '';
  const on = `The kill switch is on${when}${who}${why}. Selfheal changes nothing until somebody resumes it (selfheal policy resume).`;
  return stage === 'asking' ? `${on} ${WHILE_STOPPED}` : on;
}

const WHILE_STOPPED =
  'A plan approved before that is not carried out, and the incident goes to a person: resume first, then approve.';

/** The same as a paragraph of its own in a mail: an empty line before it; nothing while it is off. */
export function stopLines(story: Parameters<typeof stoppedWords>[0]): string[] {
  const words = stoppedWords(story);
  return words === null ? [] : ['', words];
}
