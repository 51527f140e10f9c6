import type { Language } from '../../src/language.ts';
import { corpus } from '../corpus.ts';

/** What is hostile about a line. */
type HostileClass =
  | 'import'
  | 'global'
  | 'computed'
  | 'evaluation'
  | 'process'
  | 'network'
  | 'files'
  | 'environment'
  | 'escape'
  | 'rebinding'
  | 'hidden place';
type HostileLines = Partial<Readonly<Record<HostileClass, readonly string[]>>>;

interface HostileChange {
  readonly path: string;
  readonly before: string;
  readonly edits: readonly (readonly [string, string])[];
}

/** Lines that do harm, for the source of the sample project of each language: written against the check, not against its rules. */
export const HOSTILE_LINES = corpus<Readonly<Record<Language, HostileLines>>>('content/hostile/lines.yaml');
export const GO_TOPS = corpus<readonly string[]>('content/hostile/go-tops.yaml');
/** Files that reach outside already, and edits that make more of it than they did. */
export const HOSTILE_CHANGES = corpus<readonly HostileChange[]>('content/hostile/changes.yaml');
