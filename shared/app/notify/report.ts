import { instantWords } from '@selfheal/kernel/time-words.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { FIRST_HOST } from '#shared/domain/incident/target-context.ts';
import { githubPagesOf, targetLinks } from '#shared/domain/incident/target-links.ts';
import { type ActionRecord, didNotHelp } from '#shared/domain/plan/bound-action.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf, titlesOf } from '#shared/plugins/actions/registry.ts';
import { hostPluginOf } from '#shared/plugins/hosts/registry.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import { deciderNameOf, type IncidentStore } from '#shared/ports/incident-store.ts';

const FIND_CAUSE = 'This only relieves the symptom: find the cause, or it may come back.';

export interface StoryDeps {
  readonly incidents: Pick<IncidentStore, 'listActions' | 'listPlans' | 'listApprovals'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getDiagnosis'> & Partial<Pick<EvidenceStore, 'getTelemetry'>>;
  /** Absent where no deployment can be stopped: on the command line. */
  readonly control?: Partial<Pick<ControlSettings, 'controls'>>;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
}

/** Reads everything that may be reported about an incident. */
export async function readStory(
  incident: Incident,
  stage: IncidentStory['stage'],
  deps: StoryDeps,
  /** Whether somebody looks closely: then what APIs said about the target is read, too. */
  withTelemetry = false,
): Promise<IncidentStory> {
  const isDecided = stage === 'asking' || withTelemetry;
  const [evidence, diagnosis, actions, plans, telemetry, controls] = await Promise.all([
    deps.evidence.getEvidence(incident.id),
    deps.evidence.getDiagnosis(incident.id),
    deps.incidents.listActions(incident.id),
    deps.incidents.listPlans(incident.id),
    isDecided ? (deps.evidence.getTelemetry?.(incident.id) ?? null) : null,
    deps.control?.controls?.() ?? null,
  ]);
  const titleOf = titlesOf(deps.actions);
  const rejections = await rejectionsOf(incident, plans, titleOf, deps);
  const failed = actions.filter(didNotHelp);
  return {
    incident,
    evidence,
    diagnosis,
    actions,
    stage,
    ...storyFrame(incident, deps.configuration),
    cameBack: cameBackWords(incident, titleOf, deps.configuration.policy.circumstances.timeZone),
    quarantined: plans.at(-1)?.onlyQuarantined ?? null,
    afterwards: afterwardsOf(actions, deps.actions),
    ruledOut: [
      ...new Set([
        ...failed.flatMap(({ actionId }) => titleOf(actionId) ?? []),
        ...rejections.map(({ title }) => title),
      ]),
    ],
    rejections,
    telemetry,
    stopped: controls?.killSwitch ? controls : null,
  };
}

/** What people rejected in this incident. Reads nothing where no plan asked anybody. */
async function rejectionsOf(
  { id }: Incident,
  plans: readonly PlanRecord[],
  titleOf: (actionId: string) => string | null,
  { incidents }: StoryDeps,
): Promise<NonNullable<IncidentStory['rejections']>> {
  if (!plans.some(({ decision }) => decision === 'approve')) return [];
  return (await incidents.listApprovals(id)).flatMap((approval) => {
    const { digest, state, decision, requestedAt } = approval;
    const actionId = plans.find((plan) => plan.digest === digest)?.actionId ?? null;
    if (state !== 'rejected' || actionId === null) return [];
    return [{ title: titleOf(actionId) ?? actionId, by: deciderNameOf(approval), at: decision?.at ?? requestedAt }];
  });
}

/** What people should do after the action that helped, or null. */
export function afterwardsOf(records: readonly ActionRecord[], actions: readonly ActionPlugin[]): string | null {
  const helped = records.findLast(({ verified }) => verified === 'recovered');
  if (helped === undefined) return null;
  const plugin = actionOf(helped.actionId, actions);
  return plugin?.afterwards === undefined ? FIND_CAUSE : plugin.afterwards;
}

/** The links and the time zone that every report needs. */
export function storyFrame(
  { target }: Pick<Incident, 'target'>,
  { github, hosts, policy }: Configuration,
): Pick<IncidentStory, 'links' | 'timeZone'> {
  const { timeZone } = policy.circumstances;
  const isElsewhere = target.kind === 'run' && target.host !== FIRST_HOST;
  const apiUrl = isElsewhere ? hosts[target.host]?.apiUrl : github.apiUrl;
  if (!isElsewhere || apiUrl === undefined)
    return { links: targetLinks(target, githubPagesOf(github.apiUrl)), timeZone };
  const links = hostPluginOf(target.repository)?.links(target, apiUrl) ?? [];
  return { links, timeZone };
}

function cameBackWords(
  { id, recurrence }: Incident,
  titleOf: (actionId: string) => string | null,
  timeZone: string,
): string | null {
  if (recurrence === null) return null;
  const { actionId, away, earlier, deployedAt } = recurrence;
  const title = actionId === null ? null : (titleOf(actionId) ?? actionId);
  const what =
    deployedAt === undefined
      ? ' The action had helped then, and the failure came back all the same'
      : ` The action had helped then; a deployment on ${instantWords(new Date(deployedAt), timeZone)} undid it`;
  const helped = title === null ? '' : `${what} (${title}).`;
  const same = earlier === id ? 'it had been resolved' : `it had been resolved as incident ${earlier}`;
  return `It came back after ${away}: ${same}.${helped}`;
}
