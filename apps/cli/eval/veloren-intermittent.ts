import * as z from 'zod';
import { shippedSignatures } from '../input/shipped-content.ts';
import { type Answered, f1Of } from './class-measures.ts';
import { classifyText } from './classify-case.ts';
import { proportion, statisticFigure } from './figures.ts';
import { readCaseText, readLabels } from './labels.ts';
import type { Figure, Suite } from './suite.ts';

const Label = z.object({
  log: z.string(),
  created_at: z.string(),
  intermittent: z.union([z.literal(0), z.literal(1)]),
});

const INTERMITTENT = 'intermittent';

/** All logs are of one repository: the interval is drawn over single jobs. */
function figuresOf(when: string, cases: readonly Answered[], goal: { goal?: number } = {}): Figure[] {
  const job = cases.map((one, at) => ({ ...one, job: String(at) }));
  const answered = cases.filter(({ answer }) => answer === INTERMITTENT);
  const actual = cases.filter((one) => one.actual === INTERMITTENT);
  const hits = answered.filter((one) => one.actual === INTERMITTENT).length;
  return [
    ...statisticFigure(
      `F1 of intermittent, ${when}`,
      job,
      (one) => one.job,
      (drawn) => f1Of(INTERMITTENT, drawn),
      goal,
    ),
    ...proportion(`precision, ${when}`, hits, answered.length),
    ...proportion(`recall, ${when}`, hits, actual.length),
  ];
}

export const velorenIntermittent: Suite = {
  name: 'veloren-intermittent',
  summary: 'verdict: GitLab logs that failed intermittently or for good, in order of time',
  async run(dataDir, { progress }) {
    const signatures = await shippedSignatures(progress);
    const labels = await readLabels(dataDir, 'labels.jsonl', Label);
    labels.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    const cases: Answered[] = [];
    for (const { log, intermittent } of labels) {
      const { verdict } = classifyText(await readCaseText(dataDir, log), { signatures });
      const passesLater = verdict === 'flaky' || verdict === 'infrastructure';
      cases.push({
        actual: intermittent === 1 ? INTERMITTENT : 'lasting',
        answer: passesLater ? INTERMITTENT : 'lasting',
      });
    }
    const middle = Math.floor(cases.length / 2);
    return {
      figures: [
        ...figuresOf('later half', cases.slice(middle), { goal: 0.85 }),
        ...figuresOf('earlier half', cases.slice(0, middle)),
        ...figuresOf('all', cases),
      ],
    };
  },
};
