import type { FailureClass } from '../../incident/failure-class.ts';
import { bareTerm, fieldOf, type TermField } from './term-field.ts';

const MAX_NAMES = 4;

export interface Likeness {
  readonly sameFailure: boolean;
  /** An embedding model considers both nearly the same. */
  readonly sameMeaning?: boolean;
  /** The class of both, or null. */
  readonly sameClass: FailureClass | null;
  /** Shared terms, most informative first. */
  readonly shared: readonly string[];
}

/** Why two failures are similar. Code decides by `code`; `text` is for readers, and tainted: its terms come from logs. */
export interface LikenessReason {
  readonly code: 'fingerprint' | 'message' | 'meaning' | 'package' | 'blame' | 'error' | 'class' | 'words';
  readonly text: string;
}

/** The reason of a failure with the fingerprint that is looked for. */
export const SAME_FINGERPRINT: LikenessReason = { code: 'fingerprint', text: 'same fingerprint' };

/** Why two failures are similar, weightiest reason first. */
export function reasonsOf({ sameFailure, sameMeaning = false, sameClass, shared }: Likeness): LikenessReason[] {
  const fields = shared.map(fieldOf);
  const of = (...some: readonly TermField[]): string[] =>
    shared.filter((_, at) => some.includes(fields[at] as TermField)).map(bareTerm);
  const packages = packagesIn(of('f', 'v'));
  const blamed = of('b').filter((name, _, all) => !all.some((other) => other !== name && other.endsWith(`.${name}`)));
  const reasons: LikenessReason[] = [
    sameFailure ? SAME_FINGERPRINT : { code: 'fingerprint', text: '' },
    { code: 'message', text: of('m').length > 0 ? 'same error message' : '' },
    { code: 'meaning', text: sameMeaning ? 'means much the same' : '' },
    { code: 'package', text: named('names', packages) },
    { code: 'blame', text: named('blames', blamed) },
    { code: 'error', text: named('same error', [...of('e'), ...of('x')]) },
    { code: 'class', text: sameClass === null ? '' : `same class: ${sameClass.replaceAll('_', ' ')}` },
    { code: 'words', text: named('shares the words', plainNames(of('n', 'p', 'w'), [...packages, ...blamed])) },
  ];
  return reasons.filter(({ text }) => text !== '');
}

/** `left-pad@1.2.3` as `left-pad 1.2.3`; a name that is shared with its version is not listed again without it. */
function packagesIn(terms: readonly string[]): string[] {
  const names = terms.map((term) => term.replace(/(?<=.)@(?=[^@]*$)/, ' '));
  return names.filter((name) => !names.some((other) => other.startsWith(`${name} `)));
}

function named(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what} ${[...new Set(names)].slice(0, MAX_NAMES).join(', ')}`;
}

/** Drops names that are contained in another name. */
function plainNames(names: readonly string[], said: readonly string[]): string[] {
  const kept: string[] = [];
  for (const name of names) {
    if (![...said, ...kept].some((other) => other.includes(name) || name.includes(other))) kept.push(name);
  }
  return kept;
}
