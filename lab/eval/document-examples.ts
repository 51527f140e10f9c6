import * as z from 'zod';
import type { Figure } from '#apps/cli/figures/figures.ts';
import { figuresByGroup, proportion } from '#apps/cli/figures/figures.ts';
import { shippedModel, shippedSignatures } from '#apps/cli/input/shipped-content.ts';
import { evidenceOfText } from '#apps/cli/training/labelled-case.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import { type Classification, FailureClass } from '#shared/domain/incident/failure-class.ts';
import { readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

/** One line of a requirement document with the classes that the document gives it, best first. */
const Example = z.object({ document: z.string(), line: z.string(), classes: z.array(FailureClass).min(1) });
type Example = z.infer<typeof Example>;

interface ClassifiedExample {
  readonly group: string;
  readonly example: Example;
  readonly answer: Classification;
}

/** An answer that is wrong and says so with more than this misleads its reader. */
const SURE = 0.6;
/** How many of the lines should be as the documents say: 48 of 50. */
const GOAL = 0.96;

const isRight = ({ example, answer }: ClassifiedExample): boolean => example.classes.includes(answer.class);
const isUnknown = ({ answer }: ClassifiedExample): boolean => answer.class === 'unknown';
const isSurelyWrong = (one: ClassifiedExample): boolean =>
  !isRight(one) && !isUnknown(one) && one.answer.confidence > SURE;

function figuresOf(items: readonly ClassifiedExample[]): Figure[] {
  const share = (name: string, isHit: (one: ClassifiedExample) => boolean, goal = {}): Figure[] =>
    proportion(name, items.filter(isHit).length, items.length, goal);
  return [
    ...share('a class as given', isRight, { goal: GOAL }),
    ...share('unknown', isUnknown),
    ...share('wrong, and more than 60 % sure', isSurelyWrong, { goal: 0, atMost: true }),
  ];
}

export const documentExamples: Suite = {
  name: 'document-examples',
  summary: 'classes: single lines that the requirement documents give as examples',
  async run(dataDir, { progress }) {
    const signatures = await shippedSignatures(progress);
    const model = await shippedModel(progress);
    const examples = await readLabels(dataDir, 'lines.jsonl', Example);
    const items = examples.map((example) => ({
      group: `document ${example.document}`,
      example,
      answer: classify(evidenceOfText(`${example.line}\n`), { signatures, model }),
    }));
    for (const { example, answer } of items.filter((one) => !isRight(one))) {
      progress(`${answer.class} ${answer.confidence}, not ${example.classes.join(' or ')}: ${example.line}`);
    }
    return { figures: figuresOf(items), byGroup: figuresByGroup(items, ({ group }) => group, figuresOf) };
  },
};
