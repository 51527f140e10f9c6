import { literalsOfPattern } from '@selfheal/log-reading/logs/pattern-literals.ts';
import { compilePattern, type LinearEngine, type TextPattern } from '@selfheal/log-reading/logs/text-pattern.ts';
import { type LiteralFinder, makeLiteralFinder } from '@selfheal/redaction/literal-finder.ts';
import { Signature, SignatureFile } from './signature.ts';

export interface CompiledSignature {
  readonly signature: Signature;
  /** Matches what the pattern matches and `not` does not. */
  readonly regExp: TextPattern;
  /** The pattern is tried only on lines with one of these (ASCII, any case); on every line where there are none. */
  readonly literals: readonly string[];
}

/** Compiled signatures: one pass over a line finds those with a matching literal, and only their patterns run. */
export interface SignatureSet {
  readonly all: readonly CompiledSignature[];
  readonly byId: ReadonlyMap<string, CompiledSignature>;
  /** Signatures that may match the text: one of their literals occurs in it, or they have none. */
  candidates(text: string): readonly CompiledSignature[];
}

/** One parsed file of `shared/data`: its name for messages and its unchecked content. */
export interface DataFile {
  readonly name: string;
  readonly content: unknown;
  /** 1-based line of each signature, where known, for messages. */
  readonly lines?: readonly number[];
}

function compileSet(all: readonly CompiledSignature[]): SignatureSet {
  const owners: number[] = [];
  const literals: string[] = [];
  all.forEach((compiled, index) => {
    for (const literal of compiled.literals) {
      owners.push(index);
      literals.push(literal);
    }
  });
  const finder: LiteralFinder = makeLiteralFinder(literals);
  const everywhere = all.filter((compiled) => compiled.literals.length === 0);
  /** Number of the text in which a literal of each signature was last found. */
  const foundIn = new Uint32Array(all.length);
  let texts = 0;
  return {
    all,
    byId: new Map(all.map((compiled) => [compiled.signature.id, compiled])),
    candidates: (text) => {
      const found = [...everywhere];
      texts += 1;
      finder.eachFound(text, (literal) => {
        const index = owners[literal] as number;
        if (foundIn[index] === texts) return;
        foundIn[index] = texts;
        found.push(all[index] as CompiledSignature);
      });
      return found;
    },
  };
}

/** Names that advice may use as `{name}` although the pattern does not capture them. */
function missingCaptures(signature: Signature): string[] {
  const { summary = '', rootCause, fix, prevention } = signature.advice;
  const text = `${summary} ${rootCause} ${fix} ${prevention}`;
  if (!text.includes('{')) return [];
  const used = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return used.filter((name) => !signature.pattern.includes(`(?<${name}>`));
}

function compileOne(value: unknown, engine: LinearEngine | undefined): CompiledSignature | string {
  const parsed = Signature.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`;
  }
  const signature = parsed.data;
  const regExp = compilePattern(signature.pattern, signature.ignoreCase, engine);
  if (typeof regExp === 'string') return `pattern: ${regExp}`;
  const bound = signature.not === undefined ? null : compilePattern(signature.not, signature.ignoreCase, engine);
  if (typeof bound === 'string') return `not: ${bound}`;
  const missing = missingCaptures(signature);
  if (missing.length > 0) return `advice names {${missing.join('}, {')}}, which the pattern does not capture`;
  if (signature.where === 'block' && signature.literals === undefined)
    return 'literals: a block needs words of the line that it is read around';
  return { signature, regExp: bound === null ? regExp : bounded(regExp, bound), literals: literalsOf(signature) };
}

/** The pattern, which matches no text that `bound` matches. */
function bounded(pattern: TextPattern, bound: TextPattern): TextPattern {
  return {
    test: (text) => pattern.test(text) && !bound.test(text),
    exec: (text) => {
      const match = pattern.exec(text);
      return match === null || bound.test(text) ? null : match;
    },
  };
}

function literalsOf({ where, literals = [], pattern, ignoreCase }: Signature): readonly string[] {
  return where === 'block' ? literals : (literalsOfPattern(pattern, ignoreCase) ?? literals);
}

function placeOf({ name, lines }: DataFile, index: number, value: unknown): string {
  const id = (value as { id?: unknown } | null)?.id;
  const line = lines?.[index] === undefined ? '' : `:${lines[index]}`;
  return `${name}${line}, signature ${typeof id === 'string' ? id : `number ${index + 1}`}`;
}

/** Ids of a signature's ancestors, nearest first. A cycle ends where it would repeat. */
export function ancestorsOf(id: string, byId: ReadonlyMap<string, CompiledSignature>): string[] {
  const found: string[] = [];
  let parent = byId.get(id)?.signature.parent;
  while (parent !== undefined && parent !== id && !found.includes(parent)) {
    found.push(parent);
    parent = byId.get(parent)?.signature.parent;
  }
  return found;
}

/** Drops signatures whose parent is missing, then those that named them. */
function dropOrphans(byId: Map<string, CompiledSignature>, places: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  let orphan: CompiledSignature | undefined;
  do {
    orphan = [...byId.values()].find(({ signature: { id, parent } }) => {
      return parent !== undefined && (parent === id || !byId.has(parent));
    });
    if (orphan === undefined) continue;
    const { id, parent } = orphan.signature;
    byId.delete(id);
    problems.push(`${places.get(id) ?? id}: parent: no other signature has the id ${parent}`);
  } while (orphan !== undefined);
  return problems;
}

/**
 * Builds a set from valid signatures, in addition to those of `base`. Each problem names the file, the signature and
 * the reason; the others still load. Patterns run on the engine where one is given (see `compilePattern`).
 */
export function parseSignatures(
  files: readonly DataFile[],
  base: readonly CompiledSignature[] = [],
  engine?: LinearEngine,
): { signatures: SignatureSet; problems: string[] } {
  const problems: string[] = [];
  const places = new Map<string, string>();
  const byId = new Map(base.map((compiled) => [compiled.signature.id, compiled]));
  for (const file of files) {
    const list = SignatureFile.safeParse(file.content);
    if (!list.success) {
      problems.push(`${file.name}: needs a list named "signatures"`);
      continue;
    }
    list.data.signatures.forEach((value, index) => {
      const place = placeOf(file, index, value);
      const compiled = compileOne(value, engine);
      if (typeof compiled === 'string') problems.push(`${place}: ${compiled}`);
      else if (byId.has(compiled.signature.id)) problems.push(`${place}: the id is already taken`);
      else {
        byId.set(compiled.signature.id, compiled);
        places.set(compiled.signature.id, place);
      }
    });
  }
  problems.push(...dropOrphans(byId, places));
  return { signatures: compileSet([...byId.values()]), problems };
}

/**
 * A user's signatures in addition to the shipped ones; their patterns need the engine. `broken`: signatures that are
 * used although they fail their own examples, one sentence per example.
 */
export function parseOwnSignatures(
  files: readonly DataFile[],
  shipped: readonly CompiledSignature[],
  engine: LinearEngine,
): { signatures: SignatureSet; problems: string[]; broken: string[] } {
  const parsed = parseSignatures(files, shipped, engine);
  const known = new Set(shipped);
  const own = parsed.signatures.all.filter((compiled) => !known.has(compiled));
  const broken = own.flatMap((one) =>
    brokenExamples(one).map((problem) => `signature ${one.signature.id}: ${problem}`),
  );
  return { ...parsed, broken };
}

/** Problems with a signature's own examples; one line each. */
function brokenExamples(compiled: CompiledSignature): string[] {
  const { signature, regExp } = compiled;
  const set = compileSet([compiled]);
  const isMatch = (text: string): boolean => set.candidates(text).length > 0 && regExp.test(text);
  return [
    ...signature.examples.matches
      .filter((text) => !isMatch(text))
      .map((text) => `does not match its example "${text}"`),
    ...signature.examples.rejects.filter(isMatch).map((text) => `matches its counter-example "${text}"`),
  ];
}
