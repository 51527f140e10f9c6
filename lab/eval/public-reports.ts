import { type Figure, groupBy, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import { readReport } from '@selfheal/reports/read/read-report.ts';
import * as z from 'zod';
import { evidenceOfText } from '#apps/workbench/training/labelled-case.ts';
import { triageContent } from '#apps/workbench/triage/triage-output.ts';
import { triageEvidence } from '#shared/app/triage/triage-failures.ts';
import { readCaseBytes, readCaseText, readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

const ReportExpectation = z.strictObject({
  parsed: z.literal(true).optional(),
  tests: z.number().optional(),
  failures: z.number().optional(),
  errors: z.number().optional(),
  first_duration_seconds: z.number().optional(),
});
type ReportExpectation = z.infer<typeof ReportExpectation>;

/** What has to be true of one file; a field that is absent asks nothing. */
const Expectation = z.object({
  file: z.string(),
  /** Any of them counts. */
  classes: z.array(FailureClass).optional(),
  not_class: FailureClass.optional(),
  verdict: Verdict.optional(),
  verdict_not: Verdict.optional(),
  /** Whether waiting or repeating can help. */
  rerun: z.boolean().optional(),
  /** Has to stand in the text of `log triage`. */
  must_show: z.string().optional(),
  min_confidence: z.number().optional(),
  report: ReportExpectation.optional(),
  /** A word of the reason with which the report is refused. */
  refused: z.string().optional(),
});
type Expectation = z.infer<typeof Expectation>;

interface JudgedCase {
  readonly expectation: Expectation;
  /** What is wrong, one phrase each. */
  readonly wrong: readonly string[];
  /** Whether a failure that lasts would be run again. */
  readonly repeatsInVain: boolean;
}

const GOAL = 0.9;
const isReport = ({ report, refused }: Expectation): boolean => report !== undefined || refused !== undefined;

type Content = Awaited<ReturnType<typeof triageContent>>;

async function judgeLog(expectation: Expectation, text: string, content: Content): Promise<JudgedCase> {
  const { file, classes, not_class, verdict, verdict_not, rerun, must_show, min_confidence } = expectation;
  const answer = await triageEvidence(file, evidenceOfText(text), [], content);
  const wrong: string[] = [];
  const is = `class ${answer.class} (${answer.confidence})`;
  if (classes !== undefined && !classes.includes(answer.class)) wrong.push(`${is}, not ${classes.join(' or ')}`);
  if (not_class === answer.class) wrong.push(is);
  if (verdict !== undefined && answer.verdict !== verdict) wrong.push(`verdict ${answer.verdict}, not ${verdict}`);
  if (verdict_not === answer.verdict) wrong.push(`verdict ${answer.verdict}`);
  const repeats = answer.verdict === 'flaky' || answer.verdict === 'infrastructure';
  if (rerun !== undefined && repeats !== rerun) wrong.push(`${repeats ? 'run again' : 'not run again'}`);
  if (must_show !== undefined && !answer.comment.includes(must_show)) wrong.push(`does not show ${must_show}`);
  if (min_confidence !== undefined && answer.confidence < min_confidence)
    wrong.push(`confidence ${answer.confidence}, not ${min_confidence}`);
  return { expectation, wrong, repeatsInVain: rerun === false && repeats };
}

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function judgeReport(expectation: Expectation, bytes: Uint8Array): Promise<JudgedCase> {
  const { file, report, refused } = expectation;
  const judged = (wrong: readonly string[]): JudgedCase => ({ expectation, wrong, repeatsInVain: false });
  const seconds: (number | null)[] = [];
  try {
    const input = { name: file, pieces: pieceOf(bytes) };
    const summary = await readReport(
      input,
      {},
      { wantsTest: () => true, test: (test) => void seconds.push(test.seconds) },
    );
    if (refused !== undefined) return judged([`read as ${summary.format}, not refused`]);
    return judged(wrongNumbers(report ?? {}, summary.kind === 'tests' ? summary.totals : {}, seconds[0] ?? null));
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error;
    const isRight = refused !== undefined && error.message.toLowerCase().includes(refused.toLowerCase());
    return judged(isRight ? [] : [`refused: ${error.message}`]);
  }
}

function wrongNumbers(
  report: ReportExpectation,
  totals: Readonly<Record<string, unknown>>,
  firstSeconds: number | null,
): string[] {
  const compared = [
    ...(['tests', 'failures', 'errors'] as const).map((name) => [name, report[name], totals[name]] as const),
    ['seconds of the first test', report.first_duration_seconds, firstSeconds] as const,
  ];
  return compared
    .filter(([, wanted, found]) => wanted !== undefined && wanted !== found)
    .map(([name, wanted, found]) => `${name} ${found}, not ${wanted}`);
}

/** The kind of a file by the letters before its number: `K-lock`, `D`. */
const kindOf = ({ expectation: { file } }: JudgedCase): string => /^[A-Z](?:-[a-z]+)?/.exec(file)?.[0] ?? 'other';

function figuresOf(cases: readonly JudgedCase[]): Figure[] {
  const logs = cases.filter(({ expectation }) => !isReport(expectation));
  const reports = cases.filter(({ expectation }) => isReport(expectation));
  const rightOf = (some: readonly JudgedCase[]): number => some.filter(({ wrong }) => wrong.length === 0).length;
  return [
    ...proportion('logs right', rightOf(logs), logs.length, { goal: GOAL }),
    ...proportion('lasting failures run again', logs.filter((one) => one.repeatsInVain).length, logs.length, {
      goal: 0,
      atMost: true,
    }),
    ...proportion('reports right', rightOf(reports), reports.length, { goal: GOAL }),
    ...[...groupBy(cases, kindOf)].flatMap(([kind, some]) => proportion(`  ${kind}`, rightOf(some), some.length)),
  ];
}

/** Small logs and reports of situations that people reported in public; each says what has to be true of the answer. */
export const publicReports: Suite = {
  name: 'public-reports',
  summary: 'class, verdict, re-run and shown lines of small logs and reports of situations that people reported',
  async run(dataDir, { progress }) {
    const content = await triageContent({ say: progress });
    const cases: JudgedCase[] = [];
    for (const one of await readLabels(dataDir, 'expected.jsonl', Expectation)) {
      cases.push(
        isReport(one)
          ? await judgeReport(one, await readCaseBytes(dataDir, one.file))
          : await judgeLog(one, await readCaseText(dataDir, one.file), content),
      );
    }
    for (const { expectation, wrong } of cases.filter((one) => one.wrong.length > 0))
      progress(`${expectation.file}: ${wrong.join('; ')}`);
    return { figures: figuresOf(cases) };
  },
};
