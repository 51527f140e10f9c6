import { type Meanings, meaningOf, meaningOfValue, NOTHING } from './expressions.ts';
import {
  type ConditionExpression,
  MAPPINGS,
  PARAMETERS,
  PLACE,
  type SampleResource,
  type SampleStack,
  TYPES,
} from './stacks.ts';

/** What the names of a stack mean. `stacks` are those it may import from. */
export function meaningsOf(stack: SampleStack, stacks: readonly SampleStack[]): Meanings {
  const resourceOf = (id: string) => stack.resources.find((each) => each.id === id)!;
  const meanings: Meanings = {
    ref(name) {
      if (name in PARAMETERS) return String(PARAMETERS[name as keyof typeof PARAMETERS].Default);
      const pseudo: Record<string, string> = {
        'AWS::Region': PLACE.region,
        'AWS::AccountId': PLACE.account,
        'AWS::Partition': 'aws',
        'AWS::StackName': stack.name,
        'AWS::URLSuffix': 'amazonaws.com',
      };
      const made = resourceOf(name);
      return (
        pseudo[name] ?? (TYPES[made.type].ref === 'arn' ? arnOf(made, meanings, stack) : nameOf(made, meanings, stack))
      );
    },
    attribute(id, attribute) {
      const made = resourceOf(id);
      return attribute.endsWith('Arn') ? arnOf(made, meanings, stack) : nameOf(made, meanings, stack);
    },
    condition: (name) => truthOf(stack.conditions.find(([each]) => each === name)![1], meanings),
    mapped: (_map, first, second) =>
      (MAPPINGS.Regions as Record<string, Record<string, string>>)[first]?.[second] ?? 'not mapped',
    imported(name) {
      const from = stacks.find(({ outputs }) => outputs.some(({ exported }) => exported === name))!;
      return meaningOf(from.outputs.find(({ exported }) => exported === name)!.value, meaningsOf(from, stacks));
    },
  };
  return meanings;
}

function truthOf(expression: ConditionExpression, meanings: Meanings): boolean {
  switch (expression.kind) {
    case 'equals':
      return meaningOf(expression.left, meanings) === meaningOf(expression.right, meanings);
    case 'and':
      return expression.of.every((each) => truthOf(each, meanings));
    case 'or':
      return expression.of.some((each) => truthOf(each, meanings));
    case 'not':
      return !truthOf(expression.of, meanings);
    case 'named':
      return meanings.condition(expression.name);
  }
}

function nameOf({ id, type, name }: SampleResource, meanings: Meanings, stack: SampleStack): string {
  if (name !== null) return meaningOf(name, meanings);
  const generated = `${stack.name}-${id}`;
  return type === 'AWS::S3::Bucket' ? generated.toLowerCase() : generated;
}

function arnOf(made: SampleResource, meanings: Meanings, stack: SampleStack): string {
  const name = nameOf(made, meanings, stack);
  const { region, account } = PLACE;
  return TYPES[made.type].arn.replace(/\b[RAN]\b/g, (letter) =>
    letter === 'R' ? region : letter === 'A' ? account : name,
  );
}

/** The resources that `cdk deploy` would make of the stack. */
export function expectedResources(stack: SampleStack, stacks: readonly SampleStack[]) {
  const meanings = meaningsOf(stack, stacks);
  return stack.resources
    .filter(({ condition: when }) => when === null || meanings.condition(when))
    .map((made) => {
      const values = made.properties.map(([key, value]) => [key, meaningOfValue(value, meanings)] as const);
      const named = made.name === null ? {} : { [TYPES[made.type].property]: meaningOf(made.name, meanings) };
      return {
        id: `${stack.name}/${made.id}`,
        type: made.type,
        name: nameOf(made, meanings, stack),
        arn: arnOf(made, meanings, stack),
        properties: { ...Object.fromEntries(values.filter(([, value]) => value !== NOTHING)), ...named },
      };
    });
}
