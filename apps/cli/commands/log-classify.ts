import { defineCommand, forEachFile, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { ancestorsOf, type SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { abstentionOf } from '@selfheal/diagnosis/failure/verdict.ts';
import { type Classification, FAMILY_OF } from '@selfheal/kernel/failure-class.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { readClassifyContext } from '#apps/workbench/input/classify-context.ts';
import { CONFIG_OPTION, evidenceOf, lineRulesOfFile } from '#apps/workbench/input/log-evidence.ts';
import { openInput } from '#apps/workbench/input/open-input.ts';
import { shippedModel, shippedSignatures, withOwnSignatures } from '#apps/workbench/input/shipped-content.ts';
import { nothingFailed } from '#shared/app/triage/text-evidence.ts';

interface Answer extends Omit<Classification, 'evidence'> {
  readonly file: string;
  readonly family: string;
  /** 1-based line numbers. */
  readonly evidence: readonly number[];
  /** The signature that decided; null when none did. */
  readonly match: SignatureMatched | null;
  /** False for a log of a successful run: no line reports a failure. */
  readonly failed: boolean;
  /** Why there is no verdict; null where there is one. */
  readonly abstention: string | null;
  /** What was not read, or is missing from the log. */
  readonly notes: readonly string[];
}

interface SignatureMatched {
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  /** Probability, 0 to 1, that a match means the class. */
  readonly confidence: number;
  /** Ids of its more general signatures, nearest first. */
  readonly parents: readonly string[];
}

function matchedOf(id: string | null, signatures: SignatureSet): SignatureMatched | null {
  const signature = id === null ? undefined : signatures.byId.get(id)?.signature;
  if (signature === undefined) return null;
  const { title, severity, service = null, confidence } = signature;
  return { title, severity, service, confidence, parents: ancestorsOf(signature.id, signatures.byId) };
}

function answerOf(
  file: string,
  evidence: Evidence,
  { class: failureClass, ...classification }: Classification,
  signatures: SignatureSet,
): Answer {
  const numbers = new Map(
    evidence.sources.flatMap(({ lines }) => lines.map(({ ref, number }) => [ref, number] as const)),
  );
  const lines = classification.evidence.flatMap((ref) => numbers.get(ref) ?? []);
  const match = matchedOf(classification.signature, signatures);
  const failed = !nothingFailed(evidence, { class: failureClass });
  return {
    file,
    class: failureClass,
    family: FAMILY_OF[failureClass],
    ...classification,
    evidence: lines,
    match,
    failed,
    abstention: failed ? abstentionOf({ class: failureClass, ...classification }, evidence) : null,
    notes: evidence.notes,
  };
}

function asText(answer: Answer, evidence: Evidence): string {
  const { file, family, verdict, confidence, alternatives, signature, fingerprint, match, failed, notes, abstention } =
    answer;
  const said = notes.map((note) => `  note: ${note}`);
  if (!failed) return [`${file}: nothing failed (no line reports a failure)`, ...said, ''].join('\n');
  const output =
    match === null ? '' : ` (${[match.severity, ...(match.service === null ? [] : [match.service])].join(', ')})`;
  const texts = new Map(
    evidence.sources.flatMap(({ lines }) => lines.map(({ number, text }) => [number, text] as const)),
  );
  return [
    `${file}: ${answer.class} (${family}), verdict ${verdict}, confidence ${percentText(confidence)}`,
    ...(abstention === null ? [] : [`  ${abstention}`]),
    `  signature ${signature ?? 'none'}${output}, fingerprint ${fingerprint ?? 'none'}`,
    ...alternatives.map((other) => `  or ${other.class}, ${percentText(other.confidence)}`),
    ...answer.evidence.slice(0, 5).map((number) => `  line ${number}: ${texts.get(number) ?? ''}`),
    ...said,
    '',
  ].join('\n');
}

export const logClassify = defineCommand({
  name: 'log classify',
  summary: 'classify the failure in a log, with a confidence',
  details:
    'With --json: {file, class, family, verdict, confidence, alternatives, signature, fingerprint, evidence: [line], match, failed, abstention, notes} per file;\n' +
    'match has title, severity, service, confidence and parents of the signature.\n' +
    'The context is a JSON file with newest results first: {"attempt": 2, "defaultBranchConclusions": ["success", "failure"],\n' +
    '"sameCommit": {"failures": 1, "successes": 1}, "tests": [{"name": "pays", "passed": [true, false]}]}.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: {
    context: { type: 'string', value: 'FILE', about: 'what else is known about the run, as JSON' },
    signatures: {
      type: 'string',
      value: 'DIR',
      about: 'a folder with your own signatures, used in addition to the shipped ones',
    },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const history = options.context === undefined ? {} : await readClassifyContext(options.context, terminal);
    const shipped = await shippedSignatures(terminal.say);
    const folder = options.signatures;
    const signatures = folder === undefined ? shipped : await withOwnSignatures(shipped, folder, terminal.say);
    const model = await shippedModel(terminal.say);
    const rules = await lineRulesOfFile(options.config);
    return forEachFile(operands, terminal, async (file) => {
      const evidence = await evidenceOf(await openInput(file, terminal), rules);
      const { classification } = readFailure(evidence, { signatures, model, ...history });
      const answer = answerOf(file, evidence, classification, signatures);
      await terminal.write(options.json === true ? `${JSON.stringify(answer)}\n` : asText(answer, evidence));
    });
  },
});
