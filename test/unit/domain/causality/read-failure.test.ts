import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { causalChainOf } from '@selfheal/diagnosis/causality/chain.ts';
import { decidingLines, readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { describe, expect, it } from 'vitest';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { quotesOf } from '#shared/plugins/notifiers/common/quotes.ts';

const folder = join(import.meta.dirname, '../../../fixtures/logs');
const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.log'));
const signatures = await shippedSignatures(() => {});
const model = await shippedModel(() => {});

describe('what a failure begins with', () => {
  it.each(names)('is one line, whoever asks: %s', async (name) => {
    const evidence = textEvidence(await readFile(join(folder, name), 'utf8'));
    const { chain, classification } = readFailure(evidence, { signatures, model });
    const plain = classify(evidence, { signatures, model });
    expect({ ...classification, evidence: plain.evidence }).toEqual(plain);
    if (chain === null) return expect(classification).toEqual(plain);
    expect(classification.evidence[0]).toBe(chain.cause.ref);
    // Whoever reads the evidence later, with the classification at hand, finds the same cause.
    expect(causalChainOf(evidence, decidingLines(classification))?.cause.ref).toBe(chain.cause.ref);
    const rest = { knowledge: null, preExisting: null, note: null };
    const draft = diagnoseByRules({ ...rest, evidence, classification, chain, signatures });
    expect(draft.evidence[0]).toBe(chain.cause.ref);
    const quoted = quotesOf(evidence, redactDiagnosis({ ...draft, chain }), 20)[0]?.quotes[0];
    const number = evidence.sources[0]?.lines.find(({ ref }) => ref === chain.cause.ref)?.number;
    expect(quoted?.lines.map((line) => line.number)).toContain(number);
  });
});
