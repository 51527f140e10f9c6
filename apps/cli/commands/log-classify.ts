import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import { type Classification, FAMILY_OF } from '#shared/domain/failure/failure-class.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { forEachFile } from '../each-file.ts';
import { readClassifyContext } from '../input/classify-context.ts';
import { evidenceOf } from '../input/log-evidence.ts';
import { openInput } from '../input/open-input.ts';
import { shippedModel, shippedSignatures } from '../input/shipped-content.ts';

interface Answer extends Omit<Classification, 'evidence'> {
  readonly file: string;
  readonly family: string;
  /** 1-based line numbers. */
  readonly evidence: readonly number[];
}

function answerOf(
  file: string,
  evidence: Evidence,
  { class: failureClass, ...classification }: Classification,
): Answer {
  const numbers = new Map(
    evidence.sources.flatMap(({ lines }) => lines.map(({ ref, number }) => [ref, number] as const)),
  );
  const lines = classification.evidence.flatMap((ref) => numbers.get(ref) ?? []);
  return { file, class: failureClass, family: FAMILY_OF[failureClass], ...classification, evidence: lines };
}

function asText(answer: Answer, evidence: Evidence): string {
  const { file, family, verdict, confidence, alternatives, signature, fingerprint } = answer;
  const percent = (share: number): string => `${Math.round(share * 100)}%`;
  const texts = new Map(
    evidence.sources.flatMap(({ lines }) => lines.map(({ number, text }) => [number, text] as const)),
  );
  return [
    `${file}: ${answer.class} (${family}), verdict ${verdict}, ${percent(confidence)} sure`,
    `  signature ${signature ?? 'none'}, fingerprint ${fingerprint ?? 'none'}`,
    ...alternatives.map((other) => `  or ${other.class}, ${percent(other.confidence)}`),
    ...answer.evidence.slice(0, 5).map((number) => `  line ${number}: ${texts.get(number) ?? ''}`),
    '',
  ].join('\n');
}

export const logClassify = defineCommand({
  name: 'log classify',
  summary: 'what kind of failure a log shows, and how sure that is',
  details:
    'With --json: {file, class, family, verdict, confidence, alternatives, signature, fingerprint, evidence: [line]} per file.\n' +
    'The context is a JSON file, newest first: {"attempt": 2, "defaultBranchConclusions": ["success", "failure"],\n' +
    '"sameCommit": {"failures": 1, "successes": 1}, "tests": [{"name": "pays", "passed": [true, false]}]}.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: {
    context: { type: 'string', value: 'FILE', about: 'what else is known of the run' },
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const history = options.context === undefined ? {} : await readClassifyContext(options.context, terminal);
    const signatures = await shippedSignatures(terminal.say);
    const model = await shippedModel(terminal.say);
    return forEachFile(operands, terminal, async (file) => {
      const evidence = await evidenceOf(await openInput(file, terminal));
      const answer = answerOf(file, evidence, classify(evidence, { signatures, model, ...history }));
      await terminal.write(options.json === true ? `${JSON.stringify(answer)}\n` : asText(answer, evidence));
    });
  },
});
