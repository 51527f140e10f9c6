import { type CodeNode, fieldOf, namedChildren, type ParsedCode, textWithout, walk } from './code-node.ts';
import { type NameScopes, originOfModule, readScopes } from './name-scopes.ts';
import { type ContentProfile, unquoted } from './profile.ts';

/** Why a person has to look before the code runs, and where. */
export interface ContentReason {
  /** 1-based, in the file as it would be. */
  readonly line: number;
  readonly reason: string;
}

/** Something that code does. What has the same key was done by the file before. */
interface Use {
  readonly key: string;
  readonly line: number;
  readonly reason: string;
}

const MAX_REASONS = 20;
const MAX_SHOWN = 60;

/** Places, addresses, commands and special names: what harm needs to be told. */
const SUSPICIOUS =
  /__\w+__|(?:^|[^\w])(?:\/(?:etc|proc|sys|dev|root|home|tmp|var|usr|bin)\b|~\/|\.\.[\\/]|\.(?:ssh|aws|kube|npmrc|netrc|pypirc|docker|gnupg|env|git|github|bashrc|profile)\b)|[a-z][a-z0-9+.-]*:\/\/|169\.254\.|metadata\.|localhost|(?:\d{1,3}\.){3}\d{1,3}|\$\(|\$\{?[A-Z_]{3,}|(?:^|\s)(?:curl|wget|bash|zsh|powershell|sudo|chmod|chown|printenv|whoami)(?:\s|$)|[;|&]\s*(?:nc|sh|cmd|python\d?|perl|ruby|node|php|rm|eval|exec|env|cat|id)(?:\s|$)|^rm\s+-|javascript:|<script|(?:TOKEN|SECRET|PASSWORD|CREDENTIAL|API_?KEY|PRIVATE_?KEY)/;
/** Letters and digits as encoded programs have them. */
const ENCODED = /^[A-Za-z0-9+/=_-]{40,}$|(?:\\x[0-9a-fA-F]{2}){4,}|(?:\\u[0-9a-fA-F]{4}){4,}|(?:%[0-9a-fA-F]{2}){4,}/;
/** What a sentence, a label or a key is made of. */
const PLAIN = /^[\p{L}\p{N} ,.:;!?'"()%#@{}[\]_+*=\n-]*$/u;
/** Calls that by their name hand a text to something that acts on it. */
const ACTING =
  /^(?:exec\w*|run\w*|spawn\w*|sh|shell|system|command|cmd|eval\w*|load\w*|open\w*|read\w*|write\w*|fetch\w*|request\w*|send\w*|post\w*|put|download\w*|upload\w*|connect\w*|query|raw|render\w*|include\w*|require\w*|import\w*|invoke\w*|dispatch\w*|delete\w*|remove\w*|unlink\w*)$/i;

/**
 * What code does that the file did not do before: imports, names from outside, members that lead out of a value, computed members, calls of
 * what is not known, effects, odd literals. It works by what is allowed: the file's own names and words, and what a list of the language says only
 * computes. `before`: null for a new file. It sees one file: not what a function of another file does.
 */
export function judgeContent(before: ParsedCode | null, after: ParsedCode, profile: ContentProfile): ContentReason[] {
  if (!after.whole || before?.whole === false)
    return [{ line: 1, reason: 'The file cannot be parsed without guessing.' }];
  const known = before === null ? NOTHING : read(before.root, profile);
  const now = read(after.root, profile);
  const runs = now.runs ?? known.runs;
  if (runs !== null) {
    return [{ line: runs, reason: 'The file starts programs or runs text as code: every change of it is looked at.' }];
  }
  const vocabulary = new Set([...known.words, ...now.defined]);
  const reasons = now.uses.filter(({ key }) => !known.keys.has(key));
  const calls = now.called.filter(({ key }) => !vocabulary.has(key));
  const effects = now.reaches || known.reaches;
  const literals = now.literals
    .filter(({ text }) => !known.texts.has(text))
    .flatMap((one) => literalReason(one, effects));
  return [...reasons, ...calls, ...literals]
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
  /** Names of members that are called; the key is the name. */
  readonly called: readonly Use[];
  readonly words: ReadonlySet<string>;
  readonly defined: ReadonlySet<string>;
  readonly literals: readonly Literal[];
  readonly texts: ReadonlySet<string>;
  /** Line of the first thing that starts programs or runs text. */
  readonly runs: number | null;
  /** Whether anything in it reaches files, the network or the environment. */
  readonly reaches: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING: FileUses = {
  uses: [],
  keys: NONE,
  called: [],
  words: NONE,
  defined: NONE,
  literals: [],
  texts: NONE,
  runs: null,
  reaches: false,
};

function literalReason({ text, line }: Literal, effects: boolean): Use[] {
  const reason =
    SUSPICIOUS.test(text) || ENCODED.test(text)
      ? 'It would bring in a text that names a place, an address, a command, a secret or a special name.'
      : effects && !PLAIN.test(text)
        ? 'It would bring in a text that could be a place or a command, in a file that reaches outside.'
        : null;
  return reason === null ? [] : [{ key: text, line, reason }];
}

function read(root: CodeNode, profile: ContentProfile): FileUses {
  const scopes = readScopes(root, profile);
  const uses: Use[] = [];
  const called: Use[] = [];
  const literals: Literal[] = [];
  const seen = new Set<string>();
  const defined = new Set<string>();
  let runs: number | null = null;
  let reaches = false;
  const reach = (origin: string, line: number) => {
    if (origin === 'running') runs = Math.min(runs ?? line, line);
    if (origin === 'running' || origin === 'effect') reaches = true;
  };
  const inImport = new Set<CodeNode>();
  for (const { node, imported } of scopes.imports) {
    for (const below of walk(node)) inImport.add(below);
    reach(originOfModule(imported.module, profile), node.row + 1);
    uses.push(...importUses(node, profile));
  }
  for (const node of walk(root)) {
    if (node.children.length === 0 && /\w/.test(node.text)) seen.add(node.text);
    if (node.field === 'name' && /def|decl|function|method|item|spec|element|class/.test(node.parent?.type ?? '')) {
      defined.add(node.text);
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
    // A text that stands alone is a comment.
    if (isText && node.parent?.type !== 'expression_statement') {
      literals.push({ text: writtenIn(node), line: node.row + 1 });
    }
    if (isUse(node, scopes, profile)) {
      const origin = scopes.originOf(node);
      reach(origin, node.row + 1);
      uses.push(...nameUses(node, origin, scopes, profile));
    }
    uses.push(...shapeUses(node, profile));
    called.push(...callUses(node, scopes, profile));
  }
  const texts = new Set(literals.map(({ text }) => text));
  const keys = new Set(uses.map(({ key }) => key));
  return { uses, keys, called, words: seen, defined, literals, texts, runs, reaches };
}

/** What a text says by itself: what is filled in is code, and is looked at as code. */
function writtenIn(node: CodeNode): string {
  const filled = namedChildren(node).filter(({ type }) => /substitution|interpolation|^variable_name$/.test(type));
  return unquoted(filled.reduce((text, { text: code }) => text.replace(code, () => ' '), node.text));
}

function isForeignWord(node: CodeNode, scopes: NameScopes, profile: ContentProfile): boolean {
  if (profile.methods.has(node.text) || profile.builtins[node.text] === '*') return false;
  return scopes.originOf(node) !== 'local';
}

const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/`/g, "'");

const use = (key: string, node: CodeNode, reason: string): Use => ({ key, line: node.row + 1, reason });

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

/** The longest chain of members and calls that begins with a name. */
function chainOf(leaf: CodeNode, profile: ContentProfile): { path: string[]; last: CodeNode; isCalled: boolean } {
  const path = [leaf.text];
  let at = leaf;
  for (let parent = at.parent; parent !== null; parent = at.parent) {
    const member = profile.members[parent.type];
    if (member === undefined || member.object !== at.field) break;
    path.push(fieldOf(parent, member.name)?.text ?? '?');
    at = parent;
  }
  const call = at.parent === null ? undefined : profile.calls[at.parent.type];
  if (at.parent !== null && call?.object !== undefined && call.object === at.field) {
    path.push(fieldOf(at.parent, call.name ?? '')?.text ?? '?');
    at = at.parent;
    return { path, last: at, isCalled: true };
  }
  const isCalled = call !== undefined && (call.callee === at.field || call.name === at.field);
  return { path, last: isCalled && at.parent !== null ? at.parent : at, isCalled };
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
  // What a method of the language makes of it says nothing more than the value itself.
  const own =
    isCalled && path.length > 1 && profile.methods.has(path.at(-1) ?? '') ? path.slice(0, -1).join('.') : name;
  const uses = [use(`use ${own}`, leaf, `It would use ${shown(own)}, which the file does not use.`)];
  if (isCalled) uses.push(...handedOver(last, path.at(-1) ?? '', profile));
  return uses;
}

/** Texts that a call of other code is newly given: what it does with them is not known. */
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

/** The statement's part that says what is done with an effect: a name alone says nothing. */
function wholeOf(node: CodeNode, profile: ContentProfile): CodeNode {
  let at = node;
  for (let parent = at.parent; parent !== null; parent = at.parent) {
    const goesOn =
      profile.members[parent.type] !== undefined ||
      profile.calls[parent.type] !== undefined ||
      profile.declarations[parent.type] !== undefined ||
      /argument|await|parenthesized|unary|expression_list|spread|pair|object$|array$|assignment|subscript/.test(
        parent.type,
      );
    if (!goesOn) break;
    at = parent;
  }
  return at;
}

/** The assignment whose left side the node is, or null. */
function assignedTo(node: CodeNode): CodeNode | null {
  const { parent } = node;
  if (parent === null) return null;
  if (/assignment/.test(parent.type) && node.field === 'left') return parent;
  if (/update|delete|unary/.test(parent.type) && /\+\+|--|delete/.test(parent.text)) return parent;
  return /^(?:expression_list|left_assignment_list|pattern_list)$/.test(parent.type) && node.type !== 'identifier'
    ? assignedTo(parent)
    : null;
}

/** Uses that show by their shape alone, whatever they begin with. */
function shapeUses(node: CodeNode, profile: ContentProfile): Use[] {
  const uses: Use[] = [];
  const member = profile.members[node.type];
  const name = member === undefined ? nameOfCall(node, profile) : (fieldOf(node, member.name)?.text ?? null);
  if (name !== null && profile.escapes.test(name)) {
    const key = `escape ${textWithout(profile.calls[node.parent?.type ?? ''] === undefined ? node : (node.parent ?? node), profile.bodies)}`;
    uses.push(use(key, node, `It would reach ${shown(name)}, which leads out of any value.`));
  }
  if (profile.strings.has(node.type) && profile.escapes.test(unquoted(node.text))) {
    uses.push(
      use(`escape ${node.text}`, node, `It would name ${shown(unquoted(node.text))}, which leads out of any value.`),
    );
  }
  const { field, parent } = node;
  const isKey = /^(?:key|name)$/.test(field ?? '') && /pattern|pair|field/.test(parent?.type ?? '');
  if ((isKey || /shorthand/.test(node.type)) && profile.escapes.test(node.text)) {
    uses.push(use(`escape ${parent?.text ?? node.text}`, node, `It would take ${shown(node.text)} out of a value.`));
  }
  const access = profile.subscripts?.[node.type];
  if (access !== undefined) {
    const index = fieldOf(node, access.index);
    if (index !== null && !isPlainIndex(index, profile)) {
      uses.push(
        use(
          `computed ${textWithout(node, profile.bodies)}`,
          node,
          'It would reach a member by a name that is computed.',
        ),
      );
    }
  }
  const call = profile.calls[node.type];
  const callee = call?.callee === undefined ? null : fieldOf(node, call.callee);
  if (callee !== null && !isNamedCallee(callee, profile)) {
    uses.push(
      use(`callee ${textWithout(node, profile.bodies)}`, node, 'It would call something that has no name here.'),
    );
  }
  return uses;
}

function nameOfCall(node: CodeNode, profile: ContentProfile): string | null {
  const call = profile.calls[node.type];
  return call?.name === undefined ? null : (fieldOf(node, call.name)?.text ?? null);
}

function isNamedCallee(callee: CodeNode, profile: ContentProfile): boolean {
  if (profile.names.has(callee.type) || profile.members[callee.type] !== undefined) return true;
  if (profile.inlineCallees.has(callee.type)) return true;
  const inner = namedChildren(callee);
  return (
    /parenthesized|generic|non_null/.test(callee.type) && inner[0] !== undefined && isNamedCallee(inner[0], profile)
  );
}

/** A number, a name that only counts, or a member's name as it stands: `escapes` looks at that. */
function isPlainIndex(index: CodeNode, profile: ContentProfile): boolean {
  return profile.strings.has(index.type)
    ? namedChildren(index).every(({ type }) => /fragment|content/.test(type))
    : isNumber(index, profile);
}

function isNumber(index: CodeNode, profile: ContentProfile): boolean {
  if (/^(?:number|integer|float)/.test(index.type)) return true;
  const operator = index.children.find(({ named }) => !named)?.text ?? '';
  const [left, right] = namedChildren(index);
  if (index.type === 'binary_expression') {
    if (/^[-*/%]$/.test(operator)) return true;
    return (
      operator === '+' &&
      left !== undefined &&
      right !== undefined &&
      isNumber(left, profile) &&
      isNumber(right, profile)
    );
  }
  if (index.type === 'parenthesized_expression' && left !== undefined) return isNumber(left, profile);
  return profile.names.has(index.type) && isCounter(index);
}

/** Counted from a number by the `for` around it. */
function isCounter(name: CodeNode): boolean {
  for (let at = name.parent; at !== null; at = at.parent) {
    const initializer = at.type === 'for_statement' ? fieldOf(at, 'initializer') : null;
    const declared = initializer === null ? [] : namedChildren(initializer);
    const own = declared.find((one) => fieldOf(one, 'name')?.text === name.text);
    if (own !== undefined) return fieldOf(own, 'value')?.type === 'number';
  }
  return false;
}

/** Members that are called: each must be a word of the file, be defined in it, or be known to compute. */
function callUses(node: CodeNode, scopes: NameScopes, profile: ContentProfile): Use[] {
  const call = profile.calls[node.type];
  if (call === undefined) return [];
  const name =
    call.name === undefined ? calledMember(node, call.callee ?? '', profile) : methodName(node, call, profile);
  if (name === null || profile.methods.has(name.text)) return [];
  // Of a module or a name that only computes, what may be called is looked at with the name itself.
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

function methodName(
  node: CodeNode,
  { object = '', name = '' }: { object?: string; name?: string },
  profile: ContentProfile,
) {
  if (fieldOf(node, object) === null) return null;
  const isRead = !profile.readsAreCalls && !node.children.some(({ type }) => /argument|block/.test(type));
  return isRead ? null : fieldOf(node, name);
}
