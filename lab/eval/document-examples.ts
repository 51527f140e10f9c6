import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { type Classification, FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { evidenceOfText } from '#apps/workbench/training/labelled-case.ts';
import { readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

/** One line of a requirement document and the classes that the document assigns to it, best first. */
const Example = z.object({ document: z.string(), line: z.string(), classes: z.array(FailureClass).min(1) });
type Example = z.infer<typeof Example>;

interface ClassifiedExample {
  readonly group: string;
  readonly example: Example;
  readonly answer: Classification;
}

/** A wrong answer with a higher confidence is misleading. */
const MAX_WRONG_CONFIDENCE = 0.6;
/** Share of lines that should get a class of the document: 48 of 50. */
const GOAL = 0.96;

const isRight = ({ example, answer }: ClassifiedExample): boolean => example.classes.includes(answer.class);
const isUnknown = ({ answer }: ClassifiedExample): boolean => answer.class === 'unknown';
const isSurelyWrong = (one: ClassifiedExample): boolean =>
  !isRight(one) && !isUnknown(one) && one.answer.confidence > MAX_WRONG_CONFIDENCE;

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
