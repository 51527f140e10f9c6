import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { PLOTS, type Play, type Plot } from './stories/plots.ts';
import { RULES, untrueIn } from './stories/rules.ts';
import { makeTeller, type Telling } from './stories/telling.ts';
import type { ConfigurationChange } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const LIMITS = {
  maxActionsPerHour: 500,
  maxActionsPerTargetPerHour: 50,
  breakerFailures: 50,
  stormIncidentsPerMinute: 1000,
};
const POLICIES: Readonly<Record<Plot['deployment'], NonNullable<ConfigurationChange['policy']>>> = {
  acting: LIMITS,
  asking: { ...LIMITS, approvalRequiredRisks: ['low', 'medium', 'high'], approvalMinutes: 30 },
};
/** Folder to write every text to, for somebody who reads them one by one, each with what is known. */
const KEEP = process.env.STORIES_DIR;

const tellings: Telling[] = [];

describe.each(['acting', 'asking'] as const)('stories of a deployment that is %s', (deployment) => {
  let healer: Healer;
  let play: (title: string) => Play;
  beforeAll(async () => {
    healer = await openHealer({
      timeScale: 0.02,
      configuration: { policy: POLICIES[deployment] },
    });
    const roles = { ada: 'admin', grace: 'approver', linus: 'approver' } as const;
    const tokens: Record<string, string> = {};
    for (const [name, role] of Object.entries(roles)) {
      await healer.runtime.createUser(name, `${name}@example.com`, PASSWORD, [role]);
      tokens[name] = await signIn(healer, `${name}@example.com`, PASSWORD);
    }
    const people = tokens as Play['people'];
    const teller = makeTeller(healer, people.ada);
    play = (title) => ({
      healer,
      people,
      async tell(moment, subject) {
        const telling = await teller.tell(title, moment, healer.incidentId(subject));
        tellings.push(telling);
        if (KEEP !== undefined) keep(telling);
      },
    });
  });
  afterEach(() => {
    const { problems } = healer.conformance;
    // GitHub names no head repository once a fork is gone, although its description says that there is one.
    expect(problems.filter((problem) => !/head(?:_repository|\/repo) must be object$/.test(problem))).toEqual([]);
    expectClean({ ...healer, conformance: { ...healer.conformance, problems: [] } });
  });
  afterAll(() => healer?.stop());

  it.each(PLOTS.filter((plot) => plot.deployment === deployment).map((plot) => [plot.title, plot] as const))(
    '%s',
    async (title, plot) => {
      await plot.play(play(title));
      const told = tellings.filter(({ story }) => story === title);
      expect(told.length).toBeGreaterThan(0);
      expect(told.flatMap(untrueIn)).toEqual([]);
    },
  );
});

afterAll(() => {
  const texts = tellings.reduce((sum, telling) => sum + telling.texts.length, 0);
  const stories = new Set(tellings.map(({ story }) => story)).size;
  console.log(
    `${stories} stories, ${tellings.length} moments, ${texts} texts, ${RULES.length} rules: ${tellings.flatMap(untrueIn).length} untrue sentences.`,
  );
});

describe('the stories', () => {
  it('are at least forty, each with a title of its own', () => {
    expect(new Set(PLOTS.map(({ title }) => title)).size).toBe(PLOTS.length);
    expect(PLOTS.length).toBeGreaterThanOrEqual(40);
  });
});

function keep(telling: Telling): void {
  const { story, moment, texts } = telling;
  const folder = join(KEEP ?? '', story.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 100));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${tellings.length}-${moment}`);
  writeFileSync(`${file}.txt`, texts.map(({ channel, text }) => `======== ${channel}\n${text}`).join('\n'));
  writeFileSync(`${file}.json`, JSON.stringify(telling));
}
