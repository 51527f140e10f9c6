interface IteratorClass {
  prototype: { close(): Promise<void> };
}

export const AbstractKeyIterator: IteratorClass;
export const AbstractValueIterator: IteratorClass;
export function closeIteratorsOnReturn(): void;
export function readAtOnce(): void;
