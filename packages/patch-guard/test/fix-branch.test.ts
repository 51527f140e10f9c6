import { describe, expect, it } from 'vitest';
import { type EarlierFix, FIX_LABELS, fixBranch, fixMarker, mayProposeFix, readFixMarker } from '../src/fix-branch.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const wanted = { fingerprint: 'f'.repeat(16), digest: A };
const other = 'e'.repeat(16);
const rejected = (count: number): EarlierFix[] =>
  Array.from({ length: count }, (_, at) => ({ ...wanted, digest: `${at}`.repeat(64), state: 'closed' }));

describe('a proposed fix', () => {
  it('has a branch named after the second it was made in, in UTC', () => {
    expect(fixBranch(new Date('2026-11-22T23:59:07.999+01:00'))).toBe('autofix-20261122-225907');
  });

  it.each([
    ['may be opened when there was none', [], 'open'],
    ['is withheld while one for the same failure is open', [{ ...wanted, digest: B, state: 'open' }], 'withheld'],
    ['may be opened while one for another failure is open', [{ ...wanted, fingerprint: other, state: 'open' }], 'open'],
    ['is withheld for good when the same patch was rejected', [{ ...wanted, state: 'closed' }], 'withheld'],
    [
      'is withheld too when the same patch was rejected for another failure',
      [{ ...wanted, fingerprint: other, state: 'closed' }],
      'withheld',
    ],
    ['may be opened when another patch was rejected', [{ ...wanted, digest: B, state: 'closed' }], 'open'],
    ['may be opened after two others were rejected', rejected(2), 'open'],
    ['is withheld when three different ones for the same failure were rejected', rejected(3), 'withheld'],
    ['may be opened when one of them was merged', [...rejected(3), { ...wanted, digest: B, state: 'merged' }], 'open'],
    ['may be opened again when the same patch was merged once', [{ ...wanted, state: 'merged' }], 'open'],
  ] as [string, EarlierFix[], string][])('[B105] %s', (_what, earlier, kind) => {
    expect(mayProposeFix(wanted, earlier).kind).toBe(kind);
  });

  it('carries labels that say who made it and who must look', () => {
    expect(FIX_LABELS).toEqual(['autofix-bot', 'needs-review']);
  });

  it('is found again by the marker in its description', () => {
    expect(readFixMarker(`Words.\n${fixMarker(wanted)}\nMore.`)).toEqual(wanted);
    expect(readFixMarker('<!-- selfheal-fix:x:y -->')).toBeNull();
  });
});
