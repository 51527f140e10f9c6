import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { ReplayReport } from './replay-report.ts';
import type { ReplayedRun } from './replay-run.ts';
import { ADVICE_WORDS, answerWords, fileWords, MARK_WORDS, NOTES, outcomeWords, summaryOf } from './replay-words.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (words: string): string => cleanText(words, 400).replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --line: #d9dfe7; --paper: #fff; --sunken: #f4f6f9; --right: #1a7f4b; --wrong: #b42318; --accent: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --dim: #9aa7b8; --line: #303a48; --paper: #12171e; --sunken: #1a212b; --right: #5ccf92; --wrong: #ff8a7a; --accent: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 24px 16px 48px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 32px 0 8px; }
.dim { color: var(--dim); } a { color: var(--accent); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0; padding: 0; list-style: none; }
.figures li { background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.figures b { display: block; font-size: 24px; line-height: 1.3; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; vertical-align: top; padding: 7px 10px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { background: var(--sunken); border-top: 0; white-space: nowrap; } td.fixed { white-space: nowrap; } td[data-head=File] { min-width: 130px; }
.right { color: var(--right); font-weight: 600; } .wrong { color: var(--wrong); font-weight: 600; }
@media (max-width: 720px) {
  thead { display: none; } tr { display: block; padding: 8px 0; border-top: 1px solid var(--line); } td { display: flex; gap: 10px; border: 0; padding: 3px 10px; }
  td::before { content: attr(data-head); color: var(--dim); flex: 0 0 96px; } td:empty { display: none; }
}`;

function figure(value: string, words: string): string {
  return `<li><b>${text(value)}</b>${text(words)}</li>`;
}

function rowOf(run: ReplayedRun): string {
  const { answer, mark } = run;
  const cell = (head: string, inner: string, kind = ''): string =>
    `<td data-head="${head}"${kind === '' ? '' : ` class="${kind}"`}>${inner}</td>`;
  return `<tr>${[
    cell('Failed', text(run.failedAt.slice(0, 16).replace('T', ' ')), 'fixed'),
    cell('Run', `<a href="${text(run.url)}">${run.run}</a>`, 'fixed'),
    cell('Workflow', text(`${run.workflow}${run.branch === null ? '' : `, ${run.branch}`}`)),
    cell('Says', text(answerWords(run))),
    cell('Cause', text(answer?.cause ?? '')),
    cell('File', text(fileWords(run))),
    cell('Would', answer === null ? '' : text(ADVICE_WORDS[answer.advice])),
    cell('Happened', text(outcomeWords(run.outcome))),
    cell('Mark', answer === null ? '' : text(MARK_WORDS[mark]), mark === 'unknown' ? 'fixed' : `fixed ${mark}`),
  ].join('')}</tr>`;
}

const HEADS = ['Failed (UTC)', 'Run', 'Workflow', 'Says', 'Cause', 'File', 'Would', 'What happened', 'Mark'];

/** The report as one HTML file that loads nothing: no script, no font, no picture. */
export function renderPage(report: ReplayReport): string {
  const { repository, madeAt, totals, runs } = report;
  const { failures, marks, byAdvice, wrong, byOutcome } = totals;
  const figures = [
    figure(String(failures), 'failed runs'),
    figure(String(byOutcome['passed-again']), 'passed again without a change'),
    figure(`${byAdvice.rerun.right} of ${byAdvice.rerun.runs}`, 're-runs without asking were right'),
    figure(`${marks.right} of ${marks.right + marks.wrong}`, 'judged answers were right'),
    ...(wrong === null ? [] : [figure(shareText(wrong.value), 'of the judged answers were wrong')]),
  ];
  const table = `<div class="wide"><table><thead><tr>${HEADS.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${runs.map(rowOf).join('\n')}</tbody></table></div>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>Replay of ${text(repository)}</title><style>${STYLE}</style></head>
<body><main><h1>What Selfheal would have done in ${text(repository)}</h1>
<p class="dim">Replay of past failed runs, made ${text(madeAt.slice(0, 16).replace('T', ' '))} UTC</p>
<ul class="figures">${figures.join('')}</ul>
${summaryOf(report)
  .map((sentence) => `<p>${text(sentence)}</p>`)
  .join('\n')}
${runs.length === 0 ? '' : `<h2>Runs</h2>${table}`}
<h2>How to read it</h2><ul>${NOTES.map((note) => `<li>${text(note)}</li>`).join('')}</ul>
</main></body></html>
`;
}
