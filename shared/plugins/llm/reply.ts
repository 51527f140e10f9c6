import * as z from 'zod';
import type { DiagnosisReply, DiagnosisRequest } from '#shared/ports/diagnosis-model.ts';

export const TOOL_NAME = 'report_diagnosis';

const MAX = { rootCause: 2000, fix: 4000, prevention: 2000, unchecked: 300 } as const;

const Reply = z.object({
  rootCause: z.string().trim().min(1).max(MAX.rootCause),
  fix: z.string().max(MAX.fix),
  prevention: z.string().max(MAX.prevention),
  unchecked: z.array(z.string().max(MAX.unchecked)).max(10).default([]),
  evidence: z.array(z.string().max(20)).max(20),
  confidence: z.enum(['high', 'medium', 'low']),
  choice: z.string(),
});

/** JSON schema of the forced tool: the choice is an enumeration of the candidates' labels and `human`. */
export function replySchema(request: DiagnosisRequest): Readonly<Record<string, unknown>> {
  const text = (description: string, maxLength: number) => ({ type: 'string', description, maxLength });
  return {
    type: 'object',
    additionalProperties: false,
    required: ['rootCause', 'fix', 'prevention', 'unchecked', 'evidence', 'confidence', 'choice'],
    properties: {
      rootCause: text('Why it failed.', MAX.rootCause),
      fix: text('What a person should change. Not tried yet.', MAX.fix),
      prevention: text('What would keep it from happening again.', MAX.prevention),
      unchecked: { type: 'array', maxItems: 10, items: text('Something that could not be checked.', MAX.unchecked) },
      evidence: { type: 'array', maxItems: 20, items: { type: 'string', description: 'A reference such as L12.' } },
      confidence: { type: 'string', enum: ['high', 'medium', 'low'] },
      choice: { type: 'string', enum: [...request.candidates.map(({ label }) => label), 'human'] },
    },
  };
}

export type ParsedReply = { kind: 'valid'; reply: DiagnosisReply } | { kind: 'invalid'; problem: string };

/** Parses what the model answered. A choice outside the candidates is invalid; references of no existing line are removed. */
export function parseReply(input: unknown, request: DiagnosisRequest): ParsedReply {
  const parsed = Reply.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'invalid', problem: `${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'invalid'}` };
  }
  const labels = [...request.candidates.map(({ label }) => label), 'human'];
  if (!labels.includes(parsed.data.choice))
    return { kind: 'invalid', problem: `choice: expected one of ${labels.join(', ')}` };
  const refs = new Set(request.lines.map(({ ref }) => ref));
  const evidence = [...new Set(parsed.data.evidence)].filter((ref) => refs.has(ref));
  if (evidence.length === 0 && refs.size > 0) {
    return { kind: 'invalid', problem: 'evidence: cite at least one reference that is in the evidence' };
  }
  return { kind: 'valid', reply: { ...parsed.data, evidence } };
}
