import type { DiagnosisReply, DiagnosisResult, ModelBudget, ModelSpending } from '#shared/ports/diagnosis-model.ts';
import type { ModelAnswer, TokenUse } from '#shared/ports/model-client.ts';
import { redactedText } from './text.ts';

export const someTokens = (change: Partial<TokenUse> = {}): TokenUse => ({
  input: 90,
  cachedInput: 0,
  output: 10,
  ...change,
});

/** What a model writes into the tool that ends the conversation, citing `L1`. */
export function aReport(change: Readonly<Record<string, unknown>> = {}) {
  return {
    summary: 'The registry reset the connection',
    rootCause: 'The registry reset the connection.',
    evidence: ['L1'],
    findings: [],
    fix: 'Run it again.',
    suggestions: [],
    prevention: 'Retry downloads.',
    unchecked: [],
    confidence: 'high',
    choice: 'human',
    ...change,
  };
}

/** Uses of tools in one answer. */
export function anAnswer(...uses: readonly { name: string; input: unknown }[]): ModelAnswer {
  return { kind: 'tools', text: '', uses: uses.map((use, at) => ({ id: `u${at}`, ...use })), tokens: someTokens() };
}

export const someProse = (text: string): ModelAnswer => ({ kind: 'text', text, tokens: someTokens() });

function aReply(change: Partial<DiagnosisReply> = {}): DiagnosisReply {
  const { summary, rootCause, fix, prevention } = aReport();
  return {
    ...aReport(),
    summary: redactedText(summary),
    rootCause: redactedText(rootCause),
    fix: redactedText(fix),
    prevention: redactedText(prevention),
    dropped: 0,
    consulted: [],
    confidence: 'high',
    ...change,
  };
}

export const someSpending = (change: Partial<ModelSpending> = {}): ModelSpending => ({
  modelId: 'a.model-v1:0',
  turns: 1,
  tokens: someTokens({ input: 800, output: 100 }),
  lookups: [],
  ...change,
});

export function answeredDiagnosis(
  change: Partial<DiagnosisReply> = {},
): Extract<DiagnosisResult, { kind: 'answered' }> {
  return { kind: 'answered', reply: aReply(change), spent: someSpending() };
}

/** Never empty; remembers what was settled. */
export function aFullBudget(): ModelBudget & { settled: (TokenUse | null)[] } {
  const settled: (TokenUse | null)[] = [];
  return {
    settled,
    reserve: async () => ({ kind: 'reserved', settle: async (spent) => void settled.push(spent) }),
  };
}
