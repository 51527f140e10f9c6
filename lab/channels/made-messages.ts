import * as fc from 'fast-check';
import type { ChannelMessage } from '#shared/plugins/notifiers/common/channel-message.ts';

/** Pieces of which hostile texts are made: each would mention, link, format, command or hide something in some channel. */
const BAITS: readonly string[] = [
  '<!channel>',
  '<!here|here>',
  '<@U012345>',
  '<#C012345>',
  '<@&123456789012345678>',
  '@here',
  '@everyone',
  '@all',
  '<at>All</at>',
  '<users/all>',
  '<https://evil.example|click>',
  '[click](https://evil.example)',
  '![image](https://evil.example/x.png)',
  '[ref]: https://evil.example',
  'https://evil.example/login',
  'tg://user?id=1',
  't.me/evil',
  'javascript:alert(1)',
  'mailto:evil@evil.example',
  '/approve selfheal',
  '/selfheal approve d1ced1ced1ce',
  '\n/shutdown now',
  '```\nend\n```',
  '`code`',
  '**bold** __under__ ~~out~~ ||spoiler||',
  '*b* _i_ ~s~',
  '# heading\n> quote\n- list\n1. one',
  '| a | b |\n|---|---|',
  '<b onclick=x>html</b>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '&lt;!channel&gt;',
  ':rotating_light:',
  '{color:red}jira{color} [~admin] !image.png!',
  '{{template}} $' + '{expression}',
  '#general',
  '\u202egnp.exe\u202c',
  '\u200b\u2060\ufeff',
  '\u0000\u0007\u001b[31m',
  '\ud800',
  '👩‍👩‍👧‍👦 日本語 مرحبا',
];

/** A text of an outsider: words, baits and noise in any order. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...BAITS) },
      { weight: 2, arbitrary: fc.lorem({ maxCount: 6 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
      { weight: 1, arbitrary: fc.stringMatching(/^[<>&@#*_`|~:/()[\]{}.\\ a-z]{0,30}$/) },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .chain((pieces) => fc.constantFrom(' ', '', '\n').map((glue) => pieces.join(glue)));

/** Texts as long as a message may have them, and longer ones. */
const long = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    hostileText.map((text) => text.slice(0, most)),
    fc.constantFrom('x', '<', '*', 'ü', '😀', '@a ', '. ').map((piece) => piece.repeat(most).slice(0, most)),
  );

const url = fc
  .tuple(fc.webUrl(), fc.integer({ min: 0, max: 700 }))
  .map(([start, more]) => `${start.replaceAll(/\s/g, '')}?q=${'%20'.repeat(more / 3)}`);

/** A message of any form that announcements can take, with every text hostile. */
export const madeMessage: fc.Arbitrary<ChannelMessage> = fc.record({
  tone: fc.constantFrom('good', 'bad', 'asking', 'notice'),
  title: long(140).map((text) => text.trim() || 'Something'),
  paragraphs: fc.array(
    long(600).filter((text) => text.trim() !== ''),
    { maxLength: 6 },
  ),
  facts: fc.array(
    fc.record({
      name: fc.constantFrom('Cause', 'What to do', 'Known here', 'Selfheal did', 'Undo', 'Who may decide'),
      value: long(300).filter((text) => text.trim() !== ''),
    }),
    { maxLength: 12 },
  ),
  quoted: fc.array(long(200), { maxLength: 6 }),
  links: fc.array(fc.record({ name: fc.lorem({ maxCount: 3 }), url }), { maxLength: 5 }),
  incidentId: fc.oneof(fc.constant(null), fc.stringMatching(/^(?:gh|cw|rp)-[0-9a-f]{24}$/)),
});
