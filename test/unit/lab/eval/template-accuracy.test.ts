import { describe, expect, it } from 'vitest';
import { templateAccuracyOf } from '#lab/eval/template-accuracy.ts';

function row(cluster: string, template: string, truth: string) {
  return { cluster, template, truth };
}

describe('the accuracy of templates', () => {
  it('counts lines and clusters that hold exactly one true template', () => {
    const rows = [
      ...Array.from({ length: 4 }, () => row('1', 'a <*>', 'a <*>')),
      row('2', 'b x', 'b <*>'),
      row('3', 'b y', 'b <*>'),
      row('4', 'c', 'c'),
      row('4', 'c', 'd'),
      row('5', 'e', 'e <*>'),
      row('5', 'e', 'e <*>'),
    ];
    expect(templateAccuracyOf(rows)).toEqual({
      lines: 10,
      clusters: 5,
      trueTemplates: 5,
      groupingAccuracy: 0.6,
      groupingF1: 0.4,
      parsingAccuracy: 0.5,
      templateF1: 0.2,
    });
  });

  it('does not count a cluster that holds only some lines of its template', () => {
    const { groupingAccuracy, groupingF1, templateF1 } = templateAccuracyOf([row('1', 'a', 'a'), row('2', 'a', 'a')]);
    expect({ groupingAccuracy, groupingF1, templateF1 }).toEqual({ groupingAccuracy: 0, groupingF1: 0, templateF1: 1 });
  });

  it('is 0 of nothing', () => {
    expect(templateAccuracyOf([])).toMatchObject({ lines: 0, groupingAccuracy: 0, groupingF1: 0 });
  });
});
