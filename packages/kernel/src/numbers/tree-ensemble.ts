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

/** The ensemble's answers for rows of features, each `width` long. A tree after the other: rows that resemble each other take the same way. */
export function sumsOfTrees(ensemble: TreeEnsemble, rows: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(rows.length / width).fill(ensemble.base);
  for (const root of ensemble.roots) addTree(ensemble, root, { rows, width, sums });
  return sums;
}

interface Sums {
  readonly rows: Float32Array;
  readonly width: number;
  readonly sums: Float64Array;
}

/**
 * Adds the answers of one tree. A function of its own, called for each tree: compiled in the middle of one loop over all trees, the code is thrown away
 * at its end and compiled again for the next rows.
 */
function addTree({ feature, value, left }: TreeEnsemble, root: number, { rows, width, sums }: Sums): void {
  for (let row = 0, at = 0; row < sums.length; row++, at += width) {
    let node = root;
    for (let which = feature[node] as number; which >= 0; which = feature[node] as number) {
      const isLower = (rows[at + which] as number) < (value[node] as number);
      node = (left[node] as number) + (isLower ? 0 : 1);
    }
    sums[row] = (sums[row] as number) + (value[node] as number);
  }
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
