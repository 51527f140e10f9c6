import type { FailureClass } from '../../incident/failure-class.ts';
import { bareTerm, fieldOf } from './term-field.ts';

const MOST_NAMES = 4;

export interface Likeness {
  readonly sameFailure: boolean;
  /** A model takes both for much the same. */
  readonly sameMeaning?: boolean;
  /** The class of both, or null. */
  readonly sameClass: FailureClass | null;
  /** Terms of both, most telling first. */
  readonly shared: readonly string[];
}

/** Why two failures are alike, in plain words, the weightiest reason first. Terms come from logs: tainted. */
export function reasonsOf({ sameFailure, sameMeaning = false, sameClass, shared }: Likeness): string[] {
  const of = (...fields: readonly string[]): string[] =>
    shared.filter((term) => fields.includes(fieldOf(term))).map(bareTerm);
  const packages = packagesIn(of('f', 'v'));
  const blamed = of('b').filter((name, _, all) => !all.some((other) => other !== name && other.endsWith(`.${name}`)));
  return [
    sameFailure ? 'same fingerprint' : '',
    of('m').length > 0 ? 'same error message' : '',
    sameMeaning ? 'means much the same' : '',
    named('names', packages),
    named('blames', blamed),
    named('same error', [...of('e'), ...of('x')]),
    sameClass === null ? '' : `same class: ${sameClass.replaceAll('_', ' ')}`,
    named('shares the words', plainNames(of('n', 'p', 'w'), [...packages, ...blamed])),
  ].filter((reason) => reason !== '');
}

/** `left-pad@1.2.3` as `left-pad 1.2.3`; a name that is shared in a version is not said without it, too. */
function packagesIn(terms: readonly string[]): string[] {
  const names = terms.map((term) => term.replace(/(?<=.)@(?=[^@]*$)/, ' '));
  return names.filter((name) => !names.some((other) => other.startsWith(`${name} `)));
}

function named(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what} ${[...new Set(names)].slice(0, MOST_NAMES).join(', ')}`;
}

/** Without what another name says already. */
function plainNames(names: readonly string[], said: readonly string[]): string[] {
  const kept: string[] = [];
  for (const name of names) {
    if (![...said, ...kept].some((other) => other.includes(name) || name.includes(other))) kept.push(name);
  }
  return kept;
}
