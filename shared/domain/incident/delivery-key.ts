import { canonicalJson, digestOf } from '../../kernel/digest.ts';
import type { CommentCommand } from './comment-command.ts';
import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import type { Signal } from './signal.ts';

const KEY_LENGTH = 40;

/**
 * By which a delivery is known to be one that was dealt with. Its own id is a header, which no signature covers: somebody who uses the id of
 * another repository's delivery does not make that one count as dealt with.
 */
export function deliveryKeyOf(delivery: Pick<Signal, 'deliveryId' | 'target'> | CommentCommand): string {
  if ('wish' in delivery) return keyOf(repositoryKeyOf(identityOf(delivery)), delivery.deliveryId);
  const { target, deliveryId } = delivery;
  return target.kind === 'github-run' ? keyOf(repositoryKeyOf(identityOf(target)), deliveryId) : deliveryId;
}

const keyOf = (...parts: readonly string[]): string => `delivery#${digestOf(canonicalJson(parts), KEY_LENGTH)}`;
