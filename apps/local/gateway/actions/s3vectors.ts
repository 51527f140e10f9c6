import { vectorBody, vectorCall } from '../../vectors/vector-call.ts';
import type { ActionMapping } from './mapping.ts';

/** A query that filters or gives metadata back needs the right to get vectors too (API reference of QueryVectors). */
export const s3vectorsActions: ActionMapping = ({ request }, deployment) => {
  const { operation, indexArn: resource } = vectorCall(request, deployment);
  if (!['PutVectors', 'QueryVectors', 'GetVectors', 'DeleteVectors'].includes(operation)) return null;
  const { filter, returnMetadata } = vectorBody(request);
  const alsoGets = operation === 'QueryVectors' && (filter !== undefined || returnMetadata === true);
  const actions = [operation, ...(alsoGets ? ['GetVectors'] : [])];
  return actions.map((action) => ({ action: `s3vectors:${action}`, resource }));
};
