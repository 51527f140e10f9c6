import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { CitedClaim, CodeSuggestion, DiagnosisReply, DiagnosisRequest } from '#shared/ports/diagnosis-model.ts';
import type { ModelTool } from '#shared/ports/model-client.ts';
import { cleanCode } from './clean-code.ts';

export const TOOL_NAME = 'report_diagnosis';

const MAX = {
  summary: 200,
  rootCause: 1200,
  claim: 600,
  fix: 2500,
  prevention: 1500,
  unchecked: 300,
  title: 160,
  file: 260,
  code: 2500,
} as const;
/** Characters of one field, however much the model wrote. */
const MAX_READ = 100_000;
const MOST = { evidence: 20, findings: 6, suggestions: 3, unchecked: 8 } as const;

/**
 * A model's text is redacted before it is cut: it may have decoded what it was shown, or invent a secret that exists.
 * Text that is too long is cut, not refused, because another turn costs more than the rest is worth.
 */
const text = (longest: number) =>
  z.string().transform((value) => redact(value.slice(0, MAX_READ)).text.trim().slice(0, longest));
const list = <T extends z.ZodType>(item: T, most: number) =>
  z
    .array(item)
    .nullish()
    .transform((items) => (items ?? []).slice(0, most));
const Refs = list(z.string(), MOST.evidence);

const Reply = z.object({
  summary: text(MAX.summary).nullish(),
  rootCause: text(MAX.rootCause).refine((value) => value !== '', 'expected a text'),
  evidence: Refs,
  findings: list(z.object({ claim: text(MAX.claim), evidence: Refs }), MOST.findings),
  fix: text(MAX.fix),
  suggestions: list(
    z.object({ title: text(MAX.title), file: text(MAX.file).nullish(), code: z.string(), evidence: Refs }),
    MOST.suggestions,
  ),
  prevention: text(MAX.prevention),
  unchecked: list(text(MAX.unchecked), MOST.unchecked),
  confidence: z.enum(['high', 'medium', 'low']),
  choice: z.string(),
});
type Reply = z.infer<typeof Reply>;

/** The tool that ends the conversation. The choice is one of the candidates' labels or `human`. */
export function replyTool(request: DiagnosisRequest): ModelTool {
  return { name: TOOL_NAME, description: phrase`Reports the diagnosis of the failure.`, schema: replySchema(request) };
}

const words = (description: string, maxLength: number) => ({ type: 'string', description, maxLength });
const evidence = {
  type: 'array',
  minItems: 1,
  maxItems: MOST.evidence,
  items: { type: 'string', description: 'The reference of a line, such as L12 or F3.' },
};

function replySchema(request: DiagnosisRequest): Readonly<Record<string, unknown>> {
  return object({
    summary: words('The failure in one line.', MAX.summary),
    rootCause: words('Why it failed, as far as the cited lines show it.', MAX.rootCause),
    evidence: { ...evidence, description: 'The lines that show the root cause.' },
    findings: {
      type: 'array',
      maxItems: MOST.findings,
      items: object({ claim: words('One thing that the cited lines show.', MAX.claim), evidence }),
    },
    fix: words('What a person should change. Not tried yet.', MAX.fix),
    suggestions: {
      type: 'array',
      maxItems: MOST.suggestions,
      description: 'Where code is at fault: three different changes, best first. Otherwise empty.',
      items: object({
        title: words('What the change does.', MAX.title),
        file: words('Path of the file to change.', MAX.file),
        code: words('The corrected code only, without prose and fences.', MAX.code),
        evidence,
      }),
    },
    prevention: words('What would keep it from happening again.', MAX.prevention),
    unchecked: {
      type: 'array',
      maxItems: MOST.unchecked,
      items: words('Something that could not be checked.', MAX.unchecked),
    },
    confidence: { type: 'string', enum: ['high', 'medium', 'low'] },
    choice: { type: 'string', enum: choicesOf(request) },
  });
}

function object(properties: Readonly<Record<string, unknown>>) {
  return { type: 'object', additionalProperties: false, required: Object.keys(properties), properties };
}

const choicesOf = ({ candidates }: DiagnosisRequest) => [...candidates.map(({ label }) => label), 'human'];

/** A line the model was shown, in evidence or by a lookup. */
export interface ShownLine {
  readonly ref: string;
  readonly text: string;
}

export type ParsedReply =
  | { kind: 'valid'; reply: Omit<DiagnosisReply, 'consulted'> }
  | { kind: 'invalid'; problem: string };

/**
 * Parses the model's answer. A choice outside the candidates is invalid, and so is a root cause that cites no existing
 * line; other claims and suggestions without an existing citation are dropped and counted.
 */
export function parseReply(input: unknown, request: DiagnosisRequest, shown: readonly ShownLine[]): ParsedReply {
  const parsed = Reply.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'invalid', problem: `${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'invalid'}` };
  }
  const choices = choicesOf(request);
  if (!choices.includes(parsed.data.choice))
    return { kind: 'invalid', problem: `choice: expected one of ${choices.join(', ')}` };
  const refs = new Set(shown.map(({ ref }) => ref));
  const existing = (given: readonly string[]) => existingRefs(given, refs);
  const cited = existing(parsed.data.evidence);
  if (cited.length === 0 && refs.size > 0)
    return { kind: 'invalid', problem: 'evidence: cite at least one reference that is in the evidence' };
  return { kind: 'valid', reply: keepCited({ ...parsed.data, evidence: cited }, existing, shown) };
}

/** `[L12]` and `L3-L5` are accepted; references to lines that were not shown are dropped. */
function existingRefs(given: readonly string[], refs: ReadonlySet<string>): string[] {
  const named = given.flatMap((ref) => ref.slice(0, 60).match(/\b[A-Z]\d{1,6}\b/g) ?? []);
  return [...new Set(named)].filter((ref) => refs.has(ref));
}

function keepCited(
  data: Reply,
  existing: (given: readonly string[]) => string[],
  shown: readonly ShownLine[],
): Omit<DiagnosisReply, 'consulted'> {
  const findings: CitedClaim[] = data.findings
    .map(({ claim, evidence }) => ({ claim, evidence: existing(evidence) }))
    .filter(({ claim, evidence }) => claim !== '' && evidence.length > 0);
  const suggestions: CodeSuggestion[] = data.suggestions
    .map(({ title, file, code, evidence }) => ({
      title,
      file: file === null || file === undefined || file === '' ? null : file,
      code: redact(cleanCode(code.slice(0, MAX_READ))).text.slice(0, MAX.code),
      evidence: existing(evidence),
    }))
    .filter(({ code, evidence }) => code !== '' && evidence.length > 0);
  const different = suggestions.filter(
    ({ code }, at) => suggestions.findIndex((one) => squeezed(one.code) === squeezed(code)) === at,
  );
  return {
    ...data,
    summary: data.summary === undefined || data.summary === '' ? null : data.summary,
    findings,
    suggestions: different,
    unchecked: [...data.unchecked.filter((one) => one !== ''), ...unseenFiles(different, shown)],
    dropped: data.findings.length - findings.length + data.suggestions.length - suggestions.length,
  };
}

const squeezed = (code: string) => code.replace(/\s+/g, '');

/** A file that no line names may not exist: noted for the reader, but the suggestion is kept. */
function unseenFiles(suggestions: readonly CodeSuggestion[], shown: readonly ShownLine[]): RedactedText[] {
  const files = new Set(suggestions.flatMap(({ file }) => file ?? []));
  const unseen = [...files].filter((file) => {
    const name = file.split('/').at(-1) ?? file;
    return !shown.some(({ text }) => text.includes(name));
  });
  return unseen.map(
    (file) => phrase`No line that was read names ${file.slice(0, 200)}: whether it exists was not checked.`,
  );
}
