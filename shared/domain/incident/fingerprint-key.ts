import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import type { Incident } from './incident.ts';
import { identityOf, repositoryKeyOf } from './repository-identity.ts';

/**
 * Key of "the same failure in the same place": the fingerprint with the repository and its pull request or branch, or
 * with the service and, for a job, the job. Null when there is nothing to compare by.
 */
export function fingerprintKeyOf(
  incident: Pick<Incident, 'target' | 'tainted'>,
  fingerprint: string | null,
  serviceId: string | null,
): string | null {
  if (fingerprint === null) return null;
  const { target, tainted } = incident;
  switch (target.kind) {
    case 'run': {
      const ref = target.pullRequest ?? [tainted.branchKey, target.onDefaultBranch, target.actor];
      return `fp#${digestOf(canonicalJson([repositoryKeyOf(identityOf(target)), ref, fingerprint]), 40)}`;
    }
    case 'alarm':
    case 'alert':
      return serviceId === null ? null : `fp#${digestOf(canonicalJson([serviceId, fingerprint]), 40)}`;
    case 'report': {
      // Two jobs that fail alike are two failures: each has to be run again.
      const { job } = target;
      const place = job === undefined ? [serviceId] : [serviceId, job];
      return serviceId === null ? null : `fp#${digestOf(canonicalJson([...place, fingerprint]), 40)}`;
    }
    case 'storm':
      return null;
    default:
      return target satisfies never;
  }
}
