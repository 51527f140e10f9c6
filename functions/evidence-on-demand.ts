import type { Variables } from './compose.ts';
import { onDemand } from './on-demand.ts';

/** Evidence, for functions that seldom read it. */
export const evidence = ({ evidenceBucket: bucket }: Variables<'evidenceBucket'>) =>
  onDemand(async () => (await import('#shared/adapters/aws/s3-evidence-store.ts')).makeS3EvidenceStore({ bucket }));
