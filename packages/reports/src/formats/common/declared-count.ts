import { counted } from '@selfheal/kernel/time-words.ts';
import { type JsonDocument, type JsonValue, numberOf } from './json.ts';

/** Compares numbers that a report declares with what it lists, whichever comes first. */
export interface DeclaredCounts {
  /** `what`: one of them, as a word: `test`. */
  listed(what: string): void;
  declared(what: string, value: JsonValue): void;
  /** Refuses the report when they differ: a part of it is missing, or was written twice. */
  check(): void;
}

export function makeDeclaredCounts(document: JsonDocument): DeclaredCounts {
  const listed = new Map<string, number>();
  const declared = new Map<string, number>();
  return {
    listed: (what) => void listed.set(what, (listed.get(what) ?? 0) + 1),
    declared(what, value) {
      const count = numberOf(value);
      if (count !== null) declared.set(what, count);
    },
    check() {
      for (const [what, count] of declared) {
        const found = listed.get(what) ?? 0;
        if (found !== count)
          document.refuse(
            `it says ${counted(count, what)} and lists ${found}`,
            'A part of it is missing: write the report again',
          );
      }
    },
  };
}
