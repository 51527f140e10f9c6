import { fenced, safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerOf, renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { aDiagnosis, anEvidence, anIncident, aProposalStory } from '#test/builders/index.ts';

describe('text from logs and models in the comment', () => {
  it.each([
    ['a mention', '@acme/owners look', /@acme/],
    ['a reference', 'see #12 and GH-12', /#12|GH-12/],
    ['a link', '[click](https://evil.example) and https://evil.example', /https:\/\/|\]\(/],
    ['an image', '![x](http://evil.example/pixel.png)', /!\[/],
    ['HTML', '<img src=x onerror=alert(1)>', /<img/],
    ['a heading', '# Resolved', /^# /m],
    ['our own marker', markerOf('another-key'), /<!-- selfheal:another-key/],
  ])('cannot make %s', (_what, text, forbidden) => {
    expect(safeProse(text)).not.toMatch(forbidden);
    expect(safeLine(text)).not.toMatch(forbidden);
  });

  it.each([
    ['a bullet', '- one\n+ two\n* three', /^[-+*] /m],
    ['a numbered list', '1. one\n  22) two\n3. three', /^\s*\d+[.)]/m],
    ['a task', '- [ ] merge this', /^- |\[ \]/m],
    ['a rule under a line', 'Resolved\n===\n---', /^[=-]{3}/m],
    ['a formula', 'costs $x$ and $$\\sqrt{2}$$ and $`y`$', /\$/],
    ['an emoji', 'all :white_check_mark: now', /:white_check_mark:/],
    ['a diagram', '```mermaid\ngraph TD; a-->b\n```', /mermaid/],
    ['a map', '~~~GeoJSON\n{}\n~~~', /geojson/i],
    ['a model', '```stl\nsolid\n```', /stl/],
    ['a formula in a fence', '```math\n\\sqrt{2}\n```', /math/],
    ['a change to apply', '```suggestion\nrm\n```', /suggestion/],
  ])('cannot draw %s', (_what, text, forbidden) => {
    expect(safeProse(text)).not.toMatch(forbidden);
    expect(fenced('graph TD; a-->b', /^\W+(\w+)/.exec(text)?.[1]).split('\n')[0]).toBe('```');
  });

  it('keeps its numbers, its code and the language of its code', () => {
    expect(safeLine('1. first')).toBe('1\\. first');
    expect(safeLine('costs `$5` of $6')).toBe('costs `$5` of &#36;6');
    expect(safeProse('```TS\nlet a;\n```')).toBe('```ts\nlet a;\n```');
  });

  it('cannot leave its fence', () => {
    const block = fenced('```\n# Resolved\n````\n@owner');
    expect(block.split('\n')[0]).toBe('`````text'.slice(0, 5));
    expect(block.endsWith('\n`````')).toBe(true);
  });

  it('cannot leave its fence, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '~', '\n', 'a', ' ', '<', '!', '-') }), (text) => {
        const lines = fenced(text).split('\n');
        const fence = lines[0] ?? '';
        expect(lines.slice(1, -1).some((line) => line.trim().startsWith(fence))).toBe(false);
      }),
    );
  });

  it('cannot forge the marker of another comment anywhere in the body', () => {
    const forged = markerOf('victim');
    fc.assert(
      fc.property(fc.constantFrom(forged, `\`${forged}\``, `\`\`\`\n${forged}\n\`\`\``, `~~~\n${forged}`), (text) => {
        const diagnosis = aDiagnosis({ rootCause: text, fix: text, prevention: text });
        const incident = anIncident({
          status: 'suggested',
          tainted: { title: text.replace(/\n/g, ' '), branch: null, reason: null },
        });
        const body = renderComment(
          aProposalStory({ incident, diagnosis, evidence: anEvidence({ texts: [text], notes: [text] }) }),
        );
        expect(body).not.toContain(forged);
        expect(body).toContain(markerOf(incident.intakeKey));
      }),
    );
  });
});
