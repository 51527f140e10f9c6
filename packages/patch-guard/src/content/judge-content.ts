import { type CodeNode, fieldOf, namedChildren, type ParsedCode, textWithout, walk } from './code-node.ts';
import { assignedTo, chainOf, shown, type Use, use, wholeOf } from './code-shape.ts';
import { computedUses } from './computed-code.ts';
import { constantAnswers } from './constant-answers.ts';
import { effectInputUses } from './effect-inputs.ts';
import { endlessUses } from './endless-code.ts';
import { type NameScopes, originOfModule, readScopes } from './name-scopes.ts';
import { PLAIN, reasonOfLine, reasonOfText } from './odd-texts.ts';
import { type ContentProfile, unquoted } from './profile.ts';
import { protectedUses } from './protected-code.ts';

/** Why a person has to look before the code runs, and where. */
export interface ContentReason {
  /** 1-based, in the new file. */
  readonly line: number;
  readonly reason: string;
}

const MAX_REASONS = 20;

/** Effects that only log, tell the time or encode; none of their arguments is an address. */
const TELLS =
  /^(?:console|log|logger|logging|LOG|Console|Debug|Trace|print\w*|puts|p|pp|warn|echo|error_log|setTimeout|setInterval|setImmediate|performance|Buffer|crypto|context|time|json|base64|hex|warnings|threading|asyncio|traceback)$/;
/** Annotations, attributes and decorators. `@Override` may go, because only the compiler reads it. */
const MARKS = /^(?:kind (?:@(?!Override)|\[|#\[|declare|attribute)|mark )/;
/** Calls whose name says that they execute a text. */
const ACTING =
  /^(?:exec\w*|run\w*|spawn\w*|sh|shell|system|command|cmd|eval\w*|load\w*|open\w*|read\w*|write\w*|fetch\w*|request\w*|send\w*|post\w*|put|download\w*|upload\w*|connect\w*|query|raw|render\w*|include\w*|require\w*|import\w*|invoke\w*|dispatch\w*|delete\w*|remove\w*|unlink\w*)$/i;

/**
 * What code newly does compared with the old file: imports, names from outside, members that lead out of a value,
 * computed members, calls of unknown names, effects, odd literals. Works by allow-list: the file's own names and words,
 * and a list per language of what only computes. `before`: null for a new file. Sees one file only, not what functions
 * of other files do.
 */
export function judgeContent(before: ParsedCode | null, after: ParsedCode, profile: ContentProfile): ContentReason[] {
  if (!after.whole || before?.whole === false)
    return [{ line: 1, reason: 'The file cannot be parsed without errors.' }];
  const known = before === null ? NOTHING : read(before.root, profile);
  const now = read(after.root, profile);
  const runs = now.runs ?? known.runs;
  if (runs !== null) {
    return [
      { line: runs, reason: 'The file starts programs or runs text as code, so every change of it needs an approval.' },
    ];
  }
  const vocabulary = new Set([...known.words, ...now.defined.keys()]);
  const reasons = now.uses.filter(({ key }) => !known.keys.has(key));
  const calls = now.called.filter(({ key }) => !vocabulary.has(key));
  const effects = now.reaches || known.reaches;
  const literals = now.literals
    .filter(({ text }) => !known.texts.has(text))
    .flatMap((one) => literalReason(one, effects));
  return [
    ...reasons,
    ...calls,
    ...literals,
    ...goneReasons(known, now),
    ...shadowReasons(known, now),
    ...lineReasons(before?.root ?? null, after.root),
  ]
    .sort((a, b) => a.line - b.line)
    .map(({ line, reason }) => ({ line, reason }))
    .filter((one, at, all) => all.findIndex((other) => other.line === one.line && other.reason === one.reason) === at)
    .slice(0, MAX_REASONS);
}

interface Literal {
  readonly text: string;
  readonly line: number;
}

interface FileUses {
  readonly uses: readonly Use[];
  readonly keys: ReadonlySet<string>;
  /** Names of called members; the key is the name. */
  readonly called: readonly Use[];
  readonly words: ReadonlySet<string>;
  /** Names that the file defines, with the line. */
  readonly defined: ReadonlyMap<string, number>;
  readonly imported: ReadonlySet<string>;
  readonly literals: readonly Literal[];
  readonly texts: ReadonlySet<string>;
  /** Line of the first use that starts programs or runs text. */
  readonly runs: number | null;
  /** Whether anything in it accesses files, the network or the environment. */
  readonly reaches: boolean;
  /** Code that protects something; a person also looks at it when it is removed. */
  readonly kept: readonly Use[];
  /** Number of refusals: throws, or returned errors. */
  readonly refusals: number;
  readonly lines: number;
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING: FileUses = {
  uses: [],
  keys: NONE,
  called: [],
  words: NONE,
  defined: new Map(),
  imported: NONE,
  literals: [],
  texts: NONE,
  runs: null,
  reaches: false,
  kept: [],
  refusals: 0,
  lines: 1,
};

function literalReason({ text, line }: Literal, effects: boolean): Use[] {
  const reason = reasonOfText(text, effects);
  return reason === null ? [] : [{ key: text, line, reason }];
}

/** Protecting code that was removed without a replacement. */
function goneReasons(known: FileUses, now: FileUses): Use[] {
  if (known.refusals > now.refusals) {
    return [{ key: 'refusals', line: 1, reason: 'It would remove an error that the code throws or returns.' }];
  }
  const gone = known.kept.filter(({ key }) => !now.keys.has(key));
  const came = now.kept.filter(({ key }) => !known.keys.has(key));
  return gone.length <= came.length
    ? []
    : gone.slice(0, 1).map(({ key, line }) => ({
        key,
        line: Math.min(line, now.lines),
        reason: 'It would remove authorization code or an annotation.',
      }));
}

/** New definitions of imported names: other code in the file would call them instead. */
function shadowReasons(known: FileUses, now: FileUses): Use[] {
  return [...now.defined]
    .filter(([name]) => known.imported.has(name) && !known.defined.has(name))
    .map(([name, line]) => ({ key: name, line, reason: `It would define ${shown(name)}, which the file imports.` }));
}

/** A thrown error; a call of `raise`, `panic` or `Err`; a returned error. */
function isRefusal(node: CodeNode): boolean {
  if (/^(?:throw|raise)_/.test(node.type)) return true;
  if (/^call/.test(node.type)) return /^(?:raise|throw|panic|Err)$/.test(node.children[0]?.text ?? '');
  return /^return_/.test(node.type) && /\berr\w*\W*$/.test(node.text);
}

function lineReasons(before: CodeNode | null, after: CodeNode): Use[] {
  const known = new Set(before?.text.split('\n'));
  return after.text.split('\n').flatMap((text, at) => {
    const reason = known.has(text) ? null : reasonOfLine(text);
    return reason === null ? [] : [{ key: text, line: at + 1, reason }];
  });
}

function read(root: CodeNode, profile: ContentProfile): FileUses {
  const scopes = readScopes(root, profile);
  const uses: Use[] = [];
  const called: Use[] = [];
  const literals: Literal[] = [];
  const seen = new Set<string>();
  const defined = new Map<string, number>();
  const importedNames = new Set<string>();
  let runs: number | null = null;
  let reaches = false;
  const reach = (origin: string, line: number) => {
    if (origin === 'running') runs = Math.min(runs ?? line, line);
    if (origin === 'running' || origin === 'effect') reaches = true;
  };
  const effects: CodeNode[] = [];
  const inImport = new Set<CodeNode>();
  for (const { node, imported } of scopes.imports) {
    for (const below of walk(node)) inImport.add(below);
    reach(originOfModule(imported.module, profile), node.row + 1);
    for (const { local } of imported.names) if (local !== null) importedNames.add(local);
    uses.push(...importUses(node, profile));
  }
  for (const node of walk(root)) {
    if (node.children.length === 0 && /\w/.test(node.text)) seen.add(node.text);
    if (node.field === 'name' && /def|decl|function|method|item|spec|element|class/.test(node.parent?.type ?? '')) {
      defined.set(node.text, node.row + 1);
    }
    if (inImport.has(node)) continue;
    const why = Object.hasOwn(profile.kinds, node.type) ? profile.kinds[node.type] : undefined;
    if (why !== undefined) uses.push(use(`kind ${textWithout(node, profile.bodies)}`, node, why));
    const more = profile.extra?.(node) ?? null;
    if (profile.unparsed?.(node) === true && isForeignWord(node, scopes, profile)) {
      called.push(use(node.text, node, `It would bring ${shown(node.text)} into code that is not parsed.`));
    }
    if (more !== null) uses.push(use(more.key, node, more.reason));
    const isText = profile.strings.has(node.type) && node.parent !== null && !profile.strings.has(node.parent.type);
    // A text as a statement of its own is a comment.
    if (isText && node.parent?.type !== 'expression_statement') {
      literals.push({ text: writtenIn(node), line: node.row + 1 });
    }
    if (isUse(node, scopes, profile)) {
      const origin = scopes.originOf(node);
      reach(origin, node.row + 1);
      if (origin === 'effect' && !TELLS.test(node.text)) effects.push(wholeOf(chainOf(node, profile).last, profile));
      uses.push(...nameUses(node, origin, scopes, profile));
    }
    uses.push(...computedUses(node, profile));
    called.push(...callUses(node, scopes, profile));
  }
  const kept = [...protectedUses(root, profile), ...uses.filter(({ key }) => MARKS.test(key))];
  uses.push(
    ...kept,
    ...endlessUses(root, profile),
    ...constantAnswers(root, profile),
    ...effectInputUses(effects, root, profile),
  );
  const texts = new Set(literals.map(({ text }) => text));
  const keys = new Set(uses.map(({ key }) => key));
  return {
    uses,
    keys,
    called,
    words: seen,
    defined,
    imported: importedNames,
    literals,
    texts,
    runs,
    reaches,
    kept,
    refusals: [...walk(root)].filter(isRefusal).length,
    lines: root.text.split('\n').length,
  };
}

/** Literal parts of a text; interpolated parts are code and checked as code. */
function writtenIn(node: CodeNode): string {
  const filled = namedChildren(node).filter(({ type }) => /substitution|interpolation|^variable_name$/.test(type));
  return unquoted(filled.reduce((text, { text: code }) => text.replace(code, () => ' '), node.text));
}

function isForeignWord(node: CodeNode, scopes: NameScopes, profile: ContentProfile): boolean {
  if (profile.methods.has(node.text) || profile.builtins[node.text] === '*') return false;
  return scopes.originOf(node) !== 'local';
}

function importUses(node: CodeNode, profile: ContentProfile): Use[] {
  const imported = profile.importOf(node);
  if (imported === null || imported.erased === true) return [];
  const { module, names } = imported;
  const pure = Object.hasOwn(profile.pureModules, module) ? profile.pureModules[module] : undefined;
  return names
    .filter((name) => !isPureImport(pure, name.imported))
    .map(({ imported: name, local }) =>
      use(
        `import ${module} ${name} ${local ?? ''}`,
        node,
        `It would import ${shown(name === '*' ? module : `${name} of ${module}`)}, which the file does not import.`,
      ),
    );
}

function isPureImport(pure: '*' | readonly string[] | undefined, name: string): boolean {
  return pure === '*' || (pure !== undefined && (name === '*' || pure.includes(name)));
}

function isUse(node: CodeNode, scopes: NameScopes, profile: ContentProfile): boolean {
  if (!profile.names.has(node.type) || node.children.some(({ named }) => named) || scopes.isBinding(node)) return false;
  const { parent } = node;
  if (parent === null) return false;
  const member = profile.members[parent.type];
  if (member !== undefined && member.name === node.field) return false;
  const call = profile.calls[parent.type];
  if (call?.name !== undefined && call.name === node.field && fieldOf(parent, call.object ?? '') !== null) return false;
  return ![`${parent.type}.${node.field ?? ''}`, `${parent.type}.*`].some((place) => profile.noUses.has(place));
}

function nameUses(
  leaf: CodeNode,
  origin: ReturnType<NameScopes['originOf']>,
  scopes: NameScopes,
  profile: ContentProfile,
): Use[] {
  if (origin === 'local') return [];
  const { path, last, isCalled } = chainOf(leaf, profile);
  const name = path.join('.');
  const changed = assignedTo(last);
  if (changed !== null) {
    return [
      use(
        `assign ${textWithout(changed, profile.bodies)}`,
        leaf,
        `It would change ${shown(name)}, which other code uses.`,
      ),
    ];
  }
  const [, member] = path;
  const allowed = scopes.allowedOf(leaf);
  if (origin === 'builtin' && (allowed === '*' || allowed === undefined)) return [];
  if (origin === 'builtin' && allowed !== undefined) {
    if (member === undefined ? isCalled : allowed.includes(member)) return [];
    return [use(`use ${name}`, leaf, `It would use ${shown(name)}, which the file does not use.`)];
  }
  if (origin === 'effect' || origin === 'running') {
    return [
      use(
        `effect ${textWithout(wholeOf(last, profile), profile.bodies)}`,
        leaf,
        `It would reach outside through ${shown(name)}.`,
      ),
    ];
  }
  // Built-in methods on a literal add nothing to the value itself.
  const own =
    isCalled && path.length > 1 && profile.methods.has(path.at(-1) ?? '') ? path.slice(0, -1).join('.') : name;
  const uses = [use(`use ${own}`, leaf, `It would use ${shown(own)}, which the file does not use.`)];
  if (isCalled) uses.push(...handedOver(last, path.at(-1) ?? '', profile));
  return uses;
}

/** New texts passed to other code: what it does with them is unknown. */
function handedOver(call: CodeNode, name: string, profile: ContentProfile): Use[] {
  const texts = call.children
    .filter(({ type }) => /argument/.test(type))
    .flatMap((list) => [...walk(list)])
    .filter((node) => profile.strings.has(node.type));
  if (texts.length === 0) return [];
  if (!ACTING.test(name) && texts.every(({ text }) => PLAIN.test(unquoted(text)))) return [];
  const reason = `It would hand ${shown(name)} a text that it was not given before.`;
  return [use(`given ${textWithout(call, profile.bodies)}`, call, reason)];
}

/** Called members: each must be a word of the file, defined in it, or known to compute. */
function callUses(node: CodeNode, scopes: NameScopes, profile: ContentProfile): Use[] {
  const call = profile.calls[node.type];
  if (call === undefined) return [];
  const name = call.name === undefined ? calledMember(node, call.callee ?? '', profile) : methodName(node, call);
  if (name === null || profile.methods.has(name.text)) return [];
  // For a module or name that only computes, its allowed members are checked with the name itself.
  const owner = name.parent?.children[0];
  if (owner !== undefined && profile.names.has(owner.type) && scopes.originOf(owner) === 'builtin') return [];
  return [use(name.text, name, `It would call ${shown(name.text)}, which the file does not know.`)];
}

function calledMember(node: CodeNode, field: string, profile: ContentProfile): CodeNode | null {
  let callee = fieldOf(node, field);
  while (callee !== null && /parenthesized|generic|non_null/.test(callee.type))
    callee = namedChildren(callee)[0] ?? null;
  const member = callee === null ? undefined : profile.members[callee.type];
  return callee === null || member === undefined ? null : fieldOf(callee, member.name);
}

function methodName(node: CodeNode, { object = '', name = '' }: { object?: string; name?: string }): CodeNode | null {
  return fieldOf(node, object) === null ? null : fieldOf(node, name);
}
