// Plain JavaScript, so that the process of the store starts without the type stripper.
import { createRequire } from 'node:module';

const level = createRequire(createRequire(import.meta.resolve('dynalite')).resolve('level'));

/** What iterators of LevelDB inherit from, in the version that dynalite loads. */
export const { AbstractKeyIterator, AbstractValueIterator } = level('abstract-level');

/**
 * dynalite 4.0.0 ends a query by the iterator's `return`, which abstract-level's iterators do not have: each query then keeps an
 * iterator, and what it pins of LevelDB, until the process ends: 20 KB a query.
 */
export function closeIteratorsOnReturn() {
  for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
    prototype.return ??= function close() {
      return this.close();
    };
  }
}
