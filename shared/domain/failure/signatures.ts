import { type LiteralFinder, makeLiteralFinder } from '../evidence/literal-finder.ts';
import { problemOfPattern } from './pattern-safety.ts';
import { Signature, SignatureFile } from './signature.ts';

export interface CompiledSignature {
  readonly signature: Signature;
  readonly regExp: RegExp;
}

/** Signatures ready to match: one pass over a line finds the few whose literal occurs, only those run. */
export interface SignatureSet {
  readonly all: readonly CompiledSignature[];
  readonly byId: ReadonlyMap<string, CompiledSignature>;
  /** Signatures one of whose literals occurs in the text. */
  candidates(text: string): readonly CompiledSignature[];
}

/** One parsed file of `shared/data`: its name for messages and its content, not yet checked. */
export interface DataFile {
  readonly name: string;
  readonly content: unknown;
}

function compileSet(all: readonly CompiledSignature[]): SignatureSet {
  const owners: CompiledSignature[] = [];
  const literals: string[] = [];
  for (const compiled of all) {
    for (const literal of compiled.signature.literals) {
      owners.push(compiled);
      literals.push(literal);
    }
  }
  const finder: LiteralFinder = makeLiteralFinder(literals);
  return {
    all,
    byId: new Map(all.map((compiled) => [compiled.signature.id, compiled])),
    candidates: (text) => [...new Set(finder.find(text).flatMap((index) => (owners[index] ? [owners[index]] : [])))],
  };
}

/** Names that advice uses as `{name}` without the pattern capturing them. */
function missingCaptures(signature: Signature): string[] {
  const { summary = '', rootCause, fix, prevention } = signature.advice;
  const used = [...`${summary} ${rootCause} ${fix} ${prevention}`.matchAll(/\{(\w+)\}/g)].map(
    (match) => match[1] ?? '',
  );
  return used.filter((name) => !signature.pattern.includes(`(?<${name}>`));
}

function compileOne(value: unknown): CompiledSignature | string {
  const parsed = Signature.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`;
  }
  const signature = parsed.data;
  const unsafe = problemOfPattern(signature.pattern);
  if (unsafe !== null) return `pattern: ${unsafe}`;
  const missing = missingCaptures(signature);
  if (missing.length > 0) return `advice names {${missing.join('}, {')}}, which the pattern does not capture`;
  try {
    return { signature, regExp: new RegExp(signature.pattern, signature.ignoreCase ? 'im' : 'm') };
  } catch (error) {
    return `pattern: ${error instanceof Error ? error.message : 'invalid'}`;
  }
}

/** Makes a set of the signatures that are sound. Each problem names the file, the signature and the reason; the others still load. */
export function parseSignatures(files: readonly DataFile[]): { signatures: SignatureSet; problems: string[] } {
  const problems: string[] = [];
  const byId = new Map<string, CompiledSignature>();
  for (const { name, content } of files) {
    const file = SignatureFile.safeParse(content);
    if (!file.success) {
      problems.push(`${name}: needs a list named "signatures"`);
      continue;
    }
    file.data.signatures.forEach((value, index) => {
      const id = (value as { id?: unknown } | null)?.id;
      const where = `${name}, signature ${typeof id === 'string' ? id : `number ${index + 1}`}`;
      const compiled = compileOne(value);
      if (typeof compiled === 'string') problems.push(`${where}: ${compiled}`);
      else if (byId.has(compiled.signature.id)) problems.push(`${where}: the id is already taken`);
      else byId.set(compiled.signature.id, compiled);
    });
  }
  return { signatures: compileSet([...byId.values()]), problems };
}
