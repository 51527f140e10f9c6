import { problemOfWording, wordingOf } from '@selfheal/diagnosis/failure/wording.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { linesOf, type Resolution, resolutionKeyOf } from './resolution.ts';

interface Numbered {
  readonly line: number;
  readonly resolution: Resolution;
}

/** A finding about records that a person should look at. `duplicate`: the record is left out. */
export interface RecordFinding {
  readonly kind: 'duplicate' | 'conflict' | 'missing';
  readonly lines: readonly number[];
  readonly text: string;
}

/** Records without duplicates (the first is kept), and the findings about them. */
export function cleanResolutions<T extends Numbered>(records: readonly T[]): { kept: T[]; findings: RecordFinding[] } {
  const byKey = new Map<string, T>();
  const findings: RecordFinding[] = [];
  for (const record of records) {
    const key = resolutionKeyOf(record.resolution);
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, record);
    else findings.push(duplicateOf(first, record));
  }
  const kept = [...byKey.values()];
  return { kept, findings: [...findings, ...missingIn(kept), ...conflictsIn(kept)] };
}

function duplicateOf(first: Numbered, { line, resolution }: Numbered): RecordFinding {
  const differs = first.resolution.success !== resolution.success || first.resolution.solution !== resolution.solution;
  const lines = [first.line, line];
  if (differs)
    return { kind: 'conflict', lines, text: 'two different records describe the same incident; the first is kept' };
  return { kind: 'duplicate', lines, text: 'the same incident is listed twice; the first is kept' };
}

function missingIn(records: readonly Numbered[]): RecordFinding[] {
  return records.flatMap(({ line, resolution }) => {
    const absent = [
      ...(resolution.service === null ? ['service'] : []),
      ...(resolution.resolution_time === null ? ['resolution_time'] : []),
      ...(resolution.description === '' ? ['description'] : []),
    ];
    if (absent.length === 0) return [];
    return [{ kind: 'missing' as const, lines: [line], text: `without ${absent.join(', ')} it is less useful` }];
  });
}

/** Records with the same wording that name different classes. */
function conflictsIn(records: readonly Numbered[]): RecordFinding[] {
  const seen = new Map<string, { line: number; class: FailureClass }>();
  return records.flatMap(({ line, resolution }) => {
    if (resolution.class === null) return [];
    const wordings = resolution.pattern === null ? linesOf(resolution).map(wordingOf) : [resolution.pattern];
    const key = wordings.find((wording) => problemOfWording(wording) === null)?.toLowerCase();
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first === undefined) seen.set(key, { line, class: resolution.class });
    if (first === undefined || first.class === resolution.class) return [];
    const text = `the same words are called ${first.class} and ${resolution.class}: decide on one`;
    return [{ kind: 'conflict' as const, lines: [first.line, line], text }];
  });
}
