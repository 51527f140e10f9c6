/**
 * A sum of regression trees (J. Friedman, "Greedy function approximation: a gradient boosting machine", 2001). The nodes of all trees
 * are in one table: a node either compares a feature with a threshold or, where `feature` is -1, adds `value`.
 */
export interface TreeEnsemble {
  /** Added to every answer. */
  readonly base: number;
  /** First node of each tree. */
  readonly roots: Uint16Array;
  /** Index of the feature, or -1 at a leaf. */
  readonly feature: Int8Array;
  /** At a leaf the value that is added, elsewhere the threshold: lower values go left. */
  readonly value: Float32Array;
  /** The left child; the right one follows it. */
  readonly left: Uint16Array;
}

/** An ensemble as JSON: typed arrays in base64, little endian. */
export interface PackedTrees {
  readonly base: number;
  readonly roots: string;
  readonly feature: string;
  readonly value: string;
  readonly left: string;
}

/** The ensemble's answer for one row of features, which begins at `at` in `rows`. */
export function sumOfTrees(
  { base, roots, feature, value, left }: TreeEnsemble,
  rows: Float32Array,
  at: number,
): number {
  let sum = base;
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree] ?? 0;
    for (let which = feature[node] ?? -1; which >= 0; which = feature[node] ?? -1) {
      const isLower = (rows[at + which] ?? 0) < (value[node] ?? 0);
      node = (left[node] ?? 0) + (isLower ? 0 : 1);
    }
    sum += value[node] ?? 0;
  }
  return sum;
}

export function packTrees({ base, roots, feature, value, left }: TreeEnsemble): PackedTrees {
  return { base, roots: base64Of(roots), feature: base64Of(feature), value: base64Of(value), left: base64Of(left) };
}

/** Throws `RangeError` when the tables do not fit together. */
export function unpackTrees(packed: PackedTrees): TreeEnsemble {
  const roots = new Uint16Array(bufferOf(packed.roots));
  const feature = new Int8Array(bufferOf(packed.feature));
  const value = new Float32Array(bufferOf(packed.value));
  const left = new Uint16Array(bufferOf(packed.left));
  if (feature.length !== value.length || feature.length !== left.length)
    throw new RangeError('The tables of the trees differ in length.');
  return { base: packed.base, roots, feature, value, left };
}

/** The bytes of a typed array in base64. */
export function base64Of(numbers: Uint16Array | Int8Array | Float32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

/** The bytes of a base64 text in a buffer of their own, aligned for any typed array. */
export function bufferOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}
