// Plain JavaScript, so that the process of the store starts without the type stripper.
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';

const dynalite = createRequire(import.meta.resolve('dynalite'));
const level = createRequire(dynalite.resolve('level'));

const { ClassicLevel } = level('classic-level');
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

/**
 * Reads at once instead of through a pool of threads: a page of a list reads fifty small records, for which the way there and back costs more
 * than the read.
 */
export function readAtOnce() {
  ClassicLevel.prototype._get = async function get(key, options) {
    return this._getSync(key, options);
  };
}

/** Every answer carries its checksum (`x-amz-crc32`), which dynalite computes byte by byte. */
export function sumNatively() {
  dynalite('buffer-crc32').unsigned = (text) => crc32(text);
}
