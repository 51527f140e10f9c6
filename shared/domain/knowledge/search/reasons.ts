import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
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
export const SAME_FINGERPRINT: LikenessReason = { code: 'fingerprint', text: 'the same failure by its fingerprint' };

/** Why two failures are similar, weightiest reason first. */
export function reasonsOf({ sameFailure, sameMeaning = false, sameClass, shared }: Likeness): LikenessReason[] {
  const names: Record<NameKind, string[]> = { package: [], blamed: [], message: [], error: [], code: [], word: [] };
  for (const term of shared) names[KINDS[fieldOf(term)]].push(bareTerm(term));
  const packages = packagesIn(names.package);
  const blamed = names.blamed.filter(
    (name, _, all) => !all.some((other) => other !== name && other.endsWith(`.${name}`)),
  );
  const reasons: LikenessReason[] = [];
  const add = (code: LikenessReason['code'], text: string): void => {
    if (text !== '') reasons.push({ code, text });
  };
  if (sameFailure) reasons.push(SAME_FINGERPRINT);
  if (names.message.length > 0) add('message', 'the same error message');
  if (sameMeaning) add('meaning', 'similar in meaning');
  add('package', named('both name', packages));
  add('blame', named('both blame', blamed));
  add('error', named('both have the error', [...names.error, ...names.code]));
  if (sameClass !== null) add('class', `the same kind of failure, ${sameClass.replaceAll('_', ' ')}`);
  add('words', named('both contain', plainNames(names.word, [...packages, ...blamed])));
  return reasons;
}

type NameKind = 'package' | 'blamed' | 'message' | 'error' | 'code' | 'word';
const KINDS: Readonly<Record<TermField, NameKind>> = {
  f: 'package',
  v: 'package',
  b: 'blamed',
  m: 'message',
  x: 'code',
  e: 'error',
  p: 'word',
  n: 'word',
  w: 'word',
};

/** `left-pad@1.2.3` as `left-pad 1.2.3`; a name that is shared with its version is not listed again without it. */
function packagesIn(terms: readonly string[]): string[] {
  const names = terms.map((term) => term.replace(/(?<=.)@(?=[^@]*$)/, ' '));
  return names.filter((name) => !names.some((other) => other.startsWith(`${name} `)));
}

function named(what: string, names: readonly string[]): string {
  const different = names.filter((name, at) => names.indexOf(name) === at);
  return names.length === 0 ? '' : `${what} ${different.slice(0, MAX_NAMES).join(', ')}`;
}

/** Drops names that are contained in another name. */
function plainNames(names: readonly string[], said: readonly string[]): string[] {
  const kept = [...said];
  for (const name of names) {
    if (!kept.some((other) => other.includes(name) || name.includes(other))) kept.push(name);
  }
  return kept.slice(said.length);
}
