import { redact } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';

/** A value beside a name in a sentence, where it is none, and as a setting, where it is a secret. */
const FORMS = {
  sentence: (value: string) => `the page of my_PASSWORD ${value} was opened`,
  setting: (value: string) => `DB_PASSWORD ${value}`,
  alone: (value: string) => `PASSWORD: ${value}`,
  option: (value: string) => `login --PASSWORD ${value} --verbose`,
  remark: (value: string) => `we were told that PASSWORD: ${value} is what it wants`,
  quoted: (value: string) => `{"PASSWORD": "${value}"}`,
} as const;
type Form = keyof typeof FORMS;
const ALL = Object.keys(FORMS) as Form[];

const WORDS = ['summer', 'castle', 'orange', 'dragon', 'window', 'silver', 'flower'];
/** Words with a number, or two words: each is read once in a process, so that nothing is remembered of it. */
const SHAPES = {
  'a word with a number': (at: number) => `${WORDS[at % 7]}${10 + Math.floor(at / 7)}`,
  'two words': (at: number) => `${WORDS[at % 7]}${WORDS[Math.floor(at / 7) % 7]}${'abcdefgh'[Math.floor(at / 49)]}`,
};
let made = 0;
const isFound = (form: Form, value: string): boolean => !redact(FORMS[form](value)).text.includes(value);

describe.each(Object.entries(SHAPES))('whether %s is a secret', (name, shaped) => {
  const aValue = (): string => {
    made += 1;
    return shaped(made);
  };
  const fresh = new Map(ALL.map((form) => [form, isFound(form, aValue())]));

  it('depends on its place', () => {
    if (name === 'two words') expect([fresh.get('alone'), fresh.get('remark')]).toEqual([true, false]);
    else expect([fresh.get('setting'), fresh.get('sentence')]).toEqual([true, false]);
  });

  it.each(ALL.flatMap((before) => ALL.map((form) => [form, before] as const)))(
    'does not depend, in the form %s, on whether it was read in the form %s before',
    (form, before) => {
      const value = aValue();
      for (let times = 0; times < 2; times += 1) isFound(before, value);
      for (let times = 0; times < 2; times += 1) expect(isFound(form, value)).toBe(fresh.get(form));
    },
  );
});
