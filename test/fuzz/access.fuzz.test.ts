import { evaluate } from '@selfheal/local-cloud/iam/evaluate.ts';
import { parsePolicy } from '@selfheal/local-cloud/iam/policy.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityStatement, request, resourceStatement, type StatementDocument } from './events/policies.ts';
import { allowAll, everything, verdict } from './events/verdicts.ts';
import { fuzzOptions } from './seed.ts';

const RUNS = 300;

const identity = fc.array(identityStatement, { maxLength: 4 });
const ofResources = fc.array(resourceStatement, { maxLength: 3 });

describe('who may do what', () => {
  it('is refused by an explicit deny, whatever else is allowed', () => {
    fc.assert(
      fc.property(request, identity, ofResources, identityStatement, (asked, own, theirs, statement) => {
        const deny: StatementDocument = { ...statement, Effect: 'Deny' };
        const applies = verdict(asked, [{ ...deny, Effect: 'Allow' }]) === 'allowed';
        expect(verdict(asked, [deny]) === 'explicit-deny').toBe(applies);
        const open: StatementDocument = { ...allowAll, Principal: '*' };
        const all = verdict(asked, [...own, deny, allowAll], [...theirs, open]);
        if (applies) expect(all).toBe('explicit-deny');
        else expect(all).toBe(verdict(asked, [...own, allowAll], [...theirs, open]));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('is nothing without a statement that allows it', () => {
    fc.assert(
      fc.property(request, identity, ofResources, (asked, own, theirs) => {
        const denies = [own, theirs].map((all) => all.map((each) => ({ ...each, Effect: 'Deny' as const })));
        expect(verdict(asked, denies[0]!, denies[1])).not.toBe('allowed');
        expect(verdict(asked, [])).toBe('implicit-deny');
      }),
      fuzzOptions(RUNS),
    );
  });

  it('never shrinks by one more allow, and never grows by one allow less', () => {
    fc.assert(
      fc.property(
        request,
        identity,
        ofResources,
        identityStatement,
        resourceStatement,
        (asked, own, theirs, mine, its) => {
          const before = verdict(asked, own, theirs);
          const more = [
            verdict(asked, [...own, { ...mine, Effect: 'Allow' }], theirs),
            verdict(asked, own, [...theirs, { ...its, Effect: 'Allow' }]),
          ];
          for (const after of more) {
            if (before !== 'implicit-deny') expect(after).toBe(before);
            else expect(after).not.toBe('explicit-deny');
          }
        },
      ),
      fuzzOptions(RUNS),
    );
  });

  it('never shrinks by one deny less, and only then can a removal allow something', () => {
    fc.assert(
      fc.property(request, identity, ofResources, fc.nat(), (asked, own, theirs, index) => {
        fc.pre(own.length > 0);
        const removed = own[index % own.length]!;
        const before = verdict(asked, own, theirs);
        const after = verdict(
          asked,
          own.filter((each) => each !== removed),
          theirs,
        );
        if (removed.Effect === 'Allow' && before !== 'allowed') expect(after).not.toBe('allowed');
        if (removed.Effect === 'Deny' && before === 'allowed') expect(after).toBe('allowed');
      }),
      fuzzOptions(RUNS),
    );
  });

  it('depends neither on the order of statements nor on how they are spread over policies', () => {
    fc.assert(
      fc.property(request, identity, ofResources, (asked, own, theirs) => {
        const spread = (all: readonly StatementDocument[]) =>
          [...all].reverse().map((Statement) => parsePolicy({ Statement }, 'one of many'));
        expect(evaluate(asked, spread(own), spread(theirs))).toBe(verdict(asked, own, theirs));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('is what the single actions and resources of a statement say', () => {
    fc.assert(
      fc.property(request, identityStatement, (asked, statement) => {
        const { Action, Resource, ...rest } = statement;
        fc.pre(Action !== undefined && Resource !== undefined);
        const single = Action.flatMap((action) =>
          Resource.map((to) => ({ ...rest, Action: [action], Resource: [to] })),
        );
        expect(verdict(asked, single)).toBe(verdict(asked, [statement]));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('is turned round by NotAction and NotResource', () => {
    fc.assert(
      fc.property(request, identityStatement, (asked, { Condition, Action, Resource }) => {
        const when = Condition === undefined ? {} : { Condition };
        fc.pre(Action !== undefined && Resource !== undefined);
        const holds = verdict(asked, [{ Effect: 'Allow', ...everything, ...when }]) === 'allowed';
        const allowed = (statement: Partial<StatementDocument>) =>
          verdict(asked, [{ Effect: 'Allow', ...when, ...statement }]) === 'allowed';
        expect(allowed({ NotAction: Action, Resource: ['*'] })).toBe(holds && !allowed({ Action, Resource: ['*'] }));
        expect(allowed({ NotResource: Resource, Action: ['*'] })).toBe(holds && !allowed({ Resource, Action: ['*'] }));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('is given to others by a resource policy only when it names them', () => {
    fc.assert(
      fc.property(request, resourceStatement, (asked, statement) => {
        const granted = verdict(asked, [], [{ ...statement, Effect: 'Allow' }]) === 'allowed';
        const { Principal } = statement;
        const named =
          asked.principal.kind === 'service'
            ? Principal === '*' || /"\*"|events\.amazonaws\.com/.test(JSON.stringify(Principal))
            : Principal === '*' || /"\*"|role\/Healer/.test(JSON.stringify(Principal));
        if (granted) expect(named).toBe(true);
        const { Principal: _anybody, ...without } = statement;
        if (named) expect(granted).toBe(verdict(asked, [{ ...without, Effect: 'Allow' }]) === 'allowed');
        expect(verdict(asked, [], [{ ...without, Effect: 'Allow' }])).toBe('implicit-deny');
      }),
      fuzzOptions(RUNS),
    );
  });
});
