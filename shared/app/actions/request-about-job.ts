import { present } from '@selfheal/kernel/present.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { ExecutorSize } from '#shared/domain/incident/executor-size.ts';
import { type Job, jobWords } from '#shared/domain/incident/job.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { Governance } from '../policy/governed.ts';
import { objectionNow, openIncidentOn } from './find-target.ts';
import { openRequest, type RequestActionDeps, type Requester, type RequestOutcome } from './request-action.ts';

/** What a request for a job is answered where no job system is connected that has it. */
export type UnknownJob = { readonly kind: 'unknown'; readonly reason: string };

export interface JobRequest {
  readonly plugin: ActionPlugin;
  readonly service: Pick<Service, 'id' | 'criticality'>;
  readonly job: Job;
  /** What another incident may be working on, in words: `this DAG run`. */
  readonly place: string;
  readonly reason: string | null;
  /** Of `requestIdOf`. */
  readonly requestId: string;
  readonly executors?: ExecutorSize;
}

/** Opens the incident of a request about a job, unless policy, mode or another incident speaks against it: see `requestAction`. */
export async function requestAboutJob(
  { plugin, service, job, place, reason, requestId, executors }: JobRequest,
  requester: Requester,
  deps: RequestActionDeps & Governance,
): Promise<RequestOutcome> {
  const denied = await objectionNow(plugin, deps);
  if (denied !== null) return denied;
  const target: ReportTarget = {
    kind: 'report',
    reportId: requestId,
    service: service.id,
    repository: null,
    severity: service.criticality,
    reportedBy: requester.by,
    reportedAt: deps.clock.now().toISOString(),
    simulated: false,
    job,
  };
  const mode = modeOf(deps.configuration, target);
  if (mode !== 'act')
    return { kind: 'refused', reason: `The mode here is ${mode}, so Selfheal changes nothing. It has to be act.` };
  const busy = await openIncidentOn(target, deps);
  if (busy !== null)
    return {
      kind: 'refused',
      reason: `Incident ${busy} is working on ${place}: follow that one, or ask again when it has ended.`,
    };
  const title = redactName(`${plugin.title}: ${jobWords(job)}`, 300);
  const tainted = { title, branch: null, branchKey: null, reason: null };
  const subject = { source: 'report', target, tainted } as const;
  const order = { to: null, incident: null, reason, requestId, ...present({ executors }) };
  return await openRequest({ kind: 'found', plugin, subject }, order, requester, deps);
}
