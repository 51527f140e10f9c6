import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { chanceOf } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';

interface Kind {
  readonly kind: string;
  readonly class: readonly string[];
  readonly verdict: readonly string[];
  readonly chance?: string;
  readonly wordings: readonly string[];
}

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const { model } = await loadFailureModel(DATA);
const kinds = parse(readFileSync(join(import.meta.dirname, 'wordings.yaml'), 'utf8')) as Kind[];

const answerTo = (text: string) => classify(textEvidence(`${text}\n`), { signatures, model });

describe.each(kinds)('$kind', ({ class: classes, verdict: verdicts, chance, wordings }) => {
  it.each(wordings)('%j', (wording) => {
    const answer = answerTo(wording);
    const said = `${answer.class}, ${answer.verdict}, ${chanceOf(answer)} by ${answer.signature}`;
    expect(classes, said).toContain(answer.class);
    expect(verdicts, said).toContain(answer.verdict);
    if (chance !== undefined) expect(chanceOf(answer), said).toBe(chance);
    // A failure that lasts is never called one that passes on a re-run.
    if (chanceOf(answer) === 'lasts') expect(['regression', 'unknown']).toContain(answer.verdict);
  });
});
