import type { Clock } from '@selfheal/kernel/time.ts';
import { logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { type AlertRule, raisedBy } from '#shared/domain/policy/alert-rule.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { AnnounceDeps } from '../notify/announce.ts';
import type { StopDeps } from '../notify/stop-notice.ts';
import type { GovernedDeps } from '../policy/governed.ts';
import type { IncidentFacts } from './inputs.ts';

/** People are told by channels that need no code host: a comment would tell them what its thread is about anyway. */
export interface AlertDeps
  extends Omit<AnnounceDeps, 'codeHost' | 'notifiers'>,
    Pick<GovernedDeps, 'configuration'>,
    StopDeps {
  readonly evidence: Pick<EvidenceStore, 'getEvidence'>;
  readonly incidents: Pick<IncidentStore, 'listNotifications' | 'recordNotification'>;
  readonly clock: Clock;
  /** The channels, or what loads them, since few plans tell anybody. */
  readonly notifiers: readonly NotifierPlugin[] | (() => Promise<readonly NotifierPlugin[]>);
}

/** The alert rules that this failure raises. */
export async function raisedAlerts(
  { incident, classification }: Pick<IncidentFacts, 'incident' | 'classification'>,
  { configuration, evidence }: Pick<AlertDeps, 'configuration' | 'evidence'>,
): Promise<AlertRule[]> {
  const { alerts } = configuration.policy;
  if (alerts.length === 0) return [];
  const read = await evidence.getEvidence(incident.id);
  const lines = (read === null ? [] : logsOf(read).sources).flatMap((source) => source.lines.map(({ text }) => text));
  const service = serviceOf(configuration, incident.target)?.id ?? null;
  return raisedBy(alerts, { service, confidence: classification.confidence, lines });
}
