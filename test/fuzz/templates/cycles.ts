import * as fc from 'fast-check';

/** Templates in which something depends on itself, and the places on the circle. */
export interface Cycle {
  readonly templates: Readonly<Record<string, unknown>>;
  readonly places: readonly string[];
}

const queue = (name: unknown) => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } });

/** Ways in which one name is made of another. */
const making = fc.constantFrom<(other: string) => unknown>(
  (other) => ({ Ref: other }),
  (other) => ({ 'Fn::GetAtt': [other, 'Arn'] }),
  (other) => ({ 'Fn::Sub': `x-$\{${other}}` }),
  (other) => ({ 'Fn::Sub': ['$' + '{Own}', { Own: { 'Fn::GetAtt': `${other}.Arn` } }] }),
  (other) => ({ 'Fn::Join': ['-', ['a', { Ref: other }]] }),
  (other) => ({ 'Fn::Select': [0, [{ Ref: other }]] }),
);

const ofNames: fc.Arbitrary<Cycle> = fc.array(making, { minLength: 1, maxLength: 6 }).map((steps) => {
  const entries = steps.map(
    (step, index) => [`Queue${index}`, queue(step(`Queue${(index + 1) % steps.length}`))] as const,
  );
  return {
    templates: { App: { Resources: Object.fromEntries(entries) } },
    places: entries.map(([id]) => `App/${id}`),
  };
});

const ofConditions: fc.Arbitrary<Cycle> = fc
  .array(
    fc.constantFrom<(other: object) => unknown>(
      (other) => other,
      (other) => ({ 'Fn::Not': [other] }),
      (other) => ({ 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, other] }),
      (other) => ({ 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, other] }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((steps) => {
    const entries = steps.map(
      (step, index) => [`Is${index}`, step({ Condition: `Is${(index + 1) % steps.length}` })] as const,
    );
    return {
      templates: {
        App: { Conditions: Object.fromEntries(entries), Resources: { Alpha: { ...queue('a'), Condition: 'Is0' } } },
      },
      places: entries.map(([name]) => `App/Conditions/${name}`),
    };
  });

const ofExports: fc.Arbitrary<Cycle> = fc.integer({ min: 1, max: 5 }).map((count) => {
  const stacks = Array.from({ length: count }, (_, index) => [
    `Stack${index}`,
    {
      Resources: { Alpha: queue('a') },
      Outputs: {
        Out: { Value: { 'Fn::ImportValue': `export${(index + 1) % count}` }, Export: { Name: `export${index}` } },
      },
    },
  ]);
  return {
    templates: Object.fromEntries(stacks),
    places: Array.from({ length: count }, (_, index) => `export${index}`),
  };
});

/** Circles of names, of conditions, and of exports over stacks. */
export const cycle: fc.Arbitrary<Cycle> = fc.oneof(ofNames, ofConditions, ofExports);
