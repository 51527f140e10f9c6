import { blamedNames } from './missing-symbols.ts';
import { type NamedPackage, packagesBesideVersions, packagesOfRun } from './packages.ts';

const RUN = /[\w$@./:+=~-]+/g;
const ERROR_KIND = /\b[A-Z]\w{2,60}(?:Exception|Error|Failure|Timeout)\b/g;
const ERROR_CODE = /\b(?:[A-Z]{1,6}-?\d{3,6}|E[A-Z]{4,20}|SIG[A-Z]{3,8})\b/g;
const EXIT_CODE = /\b(?:exit(?:ed)?(?: with)?(?: code| status)?|(?:HTTP|status)(?: code)?):? {0,2}\d{1,3}\b/gi;
/**
 * Maven and Gradle plug-ins, by their mandatory naming scheme. Every failing build names them, so their names and
 * versions do not tell failures apart; they remain as words.
 */
const PLUGIN = /^maven-[\w-]{1,60}-plugin$|-(?:maven|gradle)-plugin$/;
export const TERM_PATTERNS: readonly RegExp[] = [RUN, ERROR_KIND, ERROR_CODE, EXIT_CODE, PLUGIN];

/** Words in capitals that `ERROR_CODE` would mistake for an error code such as `ENOENT`. */
const NO_CODES = new Set([
  'error',
  'errors',
  'exception',
  'exceptions',
  'expected',
  'execution',
  'empty',
  'enabled',
  'ended',
]);

/** Characters of a line that are read; longer lines add nothing. */
const READ = 2000;
const MAX_RUN_LENGTH = 300;
const DEEPEST_PREFIX = 4;

/**
 * The terms of one line, each once: packages with and without version, qualified names with their prefixes, kinds of
 * errors, error and exit codes, missing symbols, and words split as programmers write them. Numbers alone are no terms.
 */
export function termsOfLine(line: string): Set<string> {
  const text = line.slice(0, READ);
  const terms = new Set<string>();
  for (const run of runsOf(text)) {
    const packages = packagesOfRun(run);
    addPackages(packages, terms);
    if (packages.length === 0) addQualifiedName(run, terms);
  }
  addPackages(packagesBesideVersions(text), terms);
  addErrors(text, terms);
  for (const name of blamedNames(text)) addBlamed(name, terms);
  for (const word of wordsOf(text)) terms.add(`w:${word}`);
  return terms;
}

function runsOf(text: string): string[] {
  return (text.match(RUN) ?? []).map((run) => run.slice(0, MAX_RUN_LENGTH).replace(/^[.:=~+-]+|[./:=~+-]+$/g, ''));
}

function addPackages(packages: readonly NamedPackage[], terms: Set<string>): void {
  for (const { name, version } of packages) {
    const lower = name.toLowerCase();
    if (PLUGIN.test(lower)) continue;
    terms.add(`n:${lower}`);
    if (version !== null) terms.add(`v:${lower}@${version.toLowerCase().replace(/^v(?=\d)/, '')}`);
  }
}

/** `org.slf4j.helpers.NOPLogger`, `com/fasterxml/jackson/core`, `tokio::sync::mpsc`: its prefixes, its type and the whole. */
function addQualifiedName(run: string, terms: Set<string>): void {
  // A source file says where, not what: its words are enough.
  if (run.startsWith('/') || run.includes('/src/') || /\/[^/]*\.\w{1,5}(?::|$)/.test(run)) return;
  const parts = run.split(/::|[./]/);
  if (parts.length < 3 || !parts.every((part) => /^[A-Za-z_$][\w$]*$/.test(part))) return;
  const spaces = parts.filter((part) => /^[a-z_]/.test(part));
  for (let depth = 2; depth <= Math.min(spaces.length, DEEPEST_PREFIX); depth++)
    terms.add(`p:${spaces.slice(0, depth).join('.')}`);
  const type = parts.find((part) => /^[A-Z]/.test(part))?.replace(/\$.*$/, '');
  if (type === undefined || type === '') return;
  terms.add(`n:${type.toLowerCase()}`);
  terms.add(`n:${[...spaces, type].join('.').toLowerCase()}`);
}

function addErrors(text: string, terms: Set<string>): void {
  for (const kind of text.match(ERROR_KIND) ?? []) terms.add(`e:${kind.toLowerCase()}`);
  for (const code of text.match(ERROR_CODE) ?? [])
    if (!NO_CODES.has(code.toLowerCase())) terms.add(`x:${code.toLowerCase()}`);
  for (const end of text.match(EXIT_CODE) ?? []) {
    const code = /\d+$/.exec(end)?.[0] ?? '';
    if (code.length > 1) terms.add(`x:${code}`);
  }
}

function addBlamed(name: string, terms: Set<string>): void {
  const parts = name
    .toLowerCase()
    .split(/::|[./]/)
    .filter((part) => part !== '');
  if (parts.length === 0) return;
  terms.add(`b:${parts.at(-1)}`);
  if (parts.length === 1) return;
  terms.add(`b:${parts.join('.')}`);
  terms.add(`b:${parts.slice(0, 3).join('.')}`);
}

/** Words that occur in every log and say nothing about the failure. */
const COMMON = new Set(
  'the and for with was not are has have its this that from into than then when where which while will can could should would but all any one two new run runs error errors failed failure fail job step line file test tests code exit process completed com org www http https'.split(
    ' ',
  ),
);

/** Letters and digits up to a capital after a small letter. */
const PART = /(?:[A-Z0-9]|[a-z](?![A-Z]))*[A-Za-z0-9]/g;
const NAME = /[A-Za-z][A-Za-z0-9_.-]{1,60}/g;

/** Lower-case words of at least three letters; names are also split at dots, dashes, underscores and case changes. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  const add = (part: string): void => {
    const word = part.toLowerCase();
    if (word.length >= 3 && !COMMON.has(word)) words.push(word);
  };
  for (const name of text.match(NAME) ?? []) {
    add(name.replace(/[.-]+$/, ''));
    if (/^[a-z0-9]+$/.test(name)) continue;
    for (const part of name.match(PART) ?? []) add(part);
  }
  return words;
}
