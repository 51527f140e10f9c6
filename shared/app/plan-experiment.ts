import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { experimentFor } from '#shared/domain/experiment/experiment.ts';
import { type Exposure, exposureOf } from '#shared/domain/experiment/exposure.ts';
import type { Classification } from '#shared/domain/failure/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { serviceOf } from '#shared/domain/incident/scope.ts';
import type { Candidate } from '#shared/domain/remediation/candidates.ts';

/** How the running experiment that applies to an incident, if one does, meets its candidates. */
export function exposureFor(
  { id, target }: Pick<Incident, 'id' | 'target'>,
  classification: Classification,
  candidates: readonly Candidate[],
  configuration: Configuration,
): Exposure | null {
  const subject = {
    class: classification.class,
    repository: target.kind === 'github-run' ? target.repository : null,
    service: serviceOf(configuration, target)?.id ?? null,
  };
  const experiment = experimentFor(subject, configuration.experiments);
  return experiment === null ? null : exposureOf(experiment, candidates, id);
}
