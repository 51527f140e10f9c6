/** A section of the guide, as the build writes it to `search.json`. */
interface Section {
  /** Address below the root of the guide, with its anchor. */
  readonly address: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const MAX_RESULTS = 12;
const EXCERPT_CHARS = 110;
/** What a word in a heading counts for, in words in the text. */
const HEADING_WEIGHT = 8;
const MAX_COUNTED = 4;

const field = document.querySelector<HTMLInputElement>('#search');
const list = document.querySelector<HTMLOListElement>('#results');
const status = document.querySelector<HTMLElement>('#found');
const root = new URL('.', new URL((document.querySelector('script[data-guide]') as HTMLScriptElement).src));
let sections: Promise<readonly Section[]> | undefined;

async function load(): Promise<readonly Section[]> {
  const answer = await fetch(new URL('search.json', root));
  if (!answer.ok) throw new Error(`search.json: status ${answer.status}`);
  return (await answer.json()) as readonly Section[];
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}._-]*/gu) ?? [];

/** How well a section answers: 0 unless each word occurs in it; words of its heading and its page's title count most. */
function score({ page, heading, text }: Section, words: readonly string[]): number {
  const title = `${page} ${heading}`.toLowerCase();
  const body = text.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const found = (title.includes(word) ? HEADING_WEIGHT : 0) + Math.min(body.split(word).length - 1, MAX_COUNTED);
    if (found === 0) return 0;
    sum += found;
  }
  return sum;
}

function excerpt(text: string, [word = '']: readonly string[]): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - EXCERPT_CHARS / 3);
  const start = at === 0 ? 0 : text.indexOf(' ', at) + 1;
  return `${start === 0 ? '' : '... '}${text.slice(start, start + EXCERPT_CHARS)}`;
}

function show({ address, page, heading, text }: Section, words: readonly string[]): HTMLLIElement {
  const link = document.createElement('a');
  link.href = new URL(address, root).href;
  const small = document.createElement('small');
  small.textContent = excerpt(text, words);
  link.append(heading === page ? page : `${page}: ${heading}`, small);
  const item = document.createElement('li');
  item.append(link);
  return item;
}

async function search(): Promise<void> {
  if (field === null || list === null || status === null) return;
  const words = wordsOf(field.value);
  sections ??= load();
  try {
    const all = await sections;
    if (words.join(' ') !== wordsOf(field.value).join(' ')) return;
    const found = words.length === 0 ? [] : all.map((section) => ({ section, points: score(section, words) }));
    const best = found.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points);
    list.replaceChildren(...best.slice(0, MAX_RESULTS).map(({ section }) => show(section, words)));
    const count = best.length === 1 ? '1 section' : `${best.length} sections`;
    status.textContent = words.length === 0 ? '' : best.length === 0 ? 'Nothing found.' : `${count} found.`;
  } catch {
    sections = undefined;
    status.textContent = 'The search could not be loaded. Check the connection and type again.';
  }
}

field?.addEventListener('input', () => void search());
field?.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') list?.querySelector('a')?.click();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  field?.focus();
});
// Narrow pages have the menu closed at first.
if (matchMedia('(max-width: 800px)').matches) document.querySelector('details')?.removeAttribute('open');
