/** A sample of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  summary: ['', '_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
};

/** Reads OpenMetrics 1.0 strictly: throws for whatever a scraper would refuse. */
export function parseOpenMetrics(text: string): ScrapedSample[] {
  if (!text.endsWith('# EOF\n')) throw new Error('It does not end with # EOF.');
  const lines = text.slice(0, -'# EOF\n'.length).split('\n');
  if (lines.pop() !== '') throw new Error('A line has no end.');
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let family = '';
  return lines.flatMap((line) => {
    const [, kind, name = '', rest = ''] = /^# (TYPE|HELP) ([a-z_:][a-z0-9_:]*) (.+)$/.exec(line) ?? [];
    if (kind === 'TYPE') {
      if (types.has(name)) throw new Error(`Two families are named ${name}.`);
      if (!(rest in SUFFIXES)) throw new Error(`${name} has no type: ${rest}`);
      if (rest === 'counter' && name.endsWith('_total')) throw new Error(`The family ${name} ends with _total.`);
      types.set(name, rest);
      family = name;
      return [];
    }
    if (kind === 'HELP') {
      if (name !== family || /[^\\]"|^"/.test(rest)) throw new Error(`Help in the wrong place or form: ${line}`);
      return [];
    }
    const sample = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
    if (sample === null) throw new Error(`Not a sample: ${line}`);
    const [, full = '', pairs = '', value] = sample;
    const suffixes = SUFFIXES[types.get(family) ?? ''] ?? [];
    if (!suffixes.some((suffix) => full === `${family}${suffix}`)) throw new Error(`${full} is not of ${family}.`);
    const series = `${full}{${pairs}}`;
    if (seen.has(series)) throw new Error(`${series} is there twice.`);
    seen.add(series);
    return [{ name: full, labels: labelsIn(pairs), value: Number(value) }];
  });
}

function labelsIn(pairs: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let left = pairs;
  while (left !== '') {
    const [whole, name = '', value = ''] = /^([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(left) ?? [];
    if (whole === undefined || name in labels) throw new Error(`Not labels: ${pairs}`);
    labels[name] = value.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));
    left = left.slice(whole.length);
  }
  return labels;
}
