import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { counted } from '../../ui/words.ts';
import '../incident/incident.css';
import '../../ui/form.css';
import { PatternFields, text, wordsOf } from './edit-pattern.tsx';
import type { PatternOrder } from './pattern-api.ts';
import { scopeWords } from './words.tsx';
import './knowledge.css';

/** What the API takes of a log to try a pattern on. Characters. */
const MAX_TRIED = 60_000;

type Syntax = 'wording' | 'expression';

/** Fields that a link may fill in, such as that of a proposal by an assistant. Nothing is stored before a person saves it. */
type Proposed = Partial<Record<'scope' | 'pattern' | 'title' | 'solution' | 'class', string>>;

/** Writes down how a failure is recognised and what helps; tried on a line or a log before it is stored. */
export default function NewPatternPage() {
  const { scope = '', pattern: proposed = '', ...fields } = useSearch({ strict: false }) as Proposed;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [pattern, setPattern] = useState(String(proposed));
  const [syntax, setSyntax] = useState<Syntax>('wording');
  const form = useRef<HTMLFormElement>(null);
  const write = async (dryRun: boolean) => {
    if (form.current === null) return null;
    const order = orderOf(new FormData(form.current), { pattern, syntax });
    return contentOf(await api.knowledge.patterns.$post({ json: { ...order, scope, dryRun } }));
  };
  const check = useMutation({ mutationFn: () => write(true) });
  const save = useMutation({
    mutationFn: () => write(false),
    onSuccess: async (written) => {
      await queries.invalidateQueries({ queryKey: ['knowledge'] });
      if (written === null) return;
      await navigate({
        to: '/knowledge/$id',
        params: { id: written.pattern.id } as never,
        search: { scope: written.pattern.scope } as never,
      });
    },
  });
  const error = save.error ?? check.error;
  return (
    <article className="page">
      <header className="story-head">
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/knowledge" search={{ scope } as never}>
            Knowledge
          </Link>
          <Icon name="right" size={14} />
          <span className="cut">{scopeWords(scope)}</span>
        </nav>
        <h1>Add a pattern</h1>
        <p className="soft">
          It is a suggestion from the start and earns more by its outcomes. It starts no action by itself.
        </p>
      </header>
      <div className="pattern-columns">
        <form
          ref={form}
          className="card card-body form"
          aria-label="The pattern"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <div className="field">
            <label htmlFor="pattern">Recognised by</label>
            <textarea
              id="pattern"
              className="input mono"
              rows={3}
              value={pattern}
              maxLength={800}
              required
              spellCheck={false}
              onChange={(event) => setPattern(event.target.value)}
            />
            <span className="hint">
              {syntax === 'wording'
                ? 'The message, with * for what varies: connect ECONNREFUSED *:5432'
                : 'A simple regular expression: connect ECONNREFUSED \\S+:5432'}
            </span>
          </div>
          <fieldset className="choice">
            <legend className="visually-hidden">Written as</legend>
            {(['wording', 'expression'] as const).map((each) => (
              <label key={each} className="check">
                <input type="radio" name="syntax" checked={syntax === each} onChange={() => setSyntax(each)} />
                {each === 'wording' ? 'Words with *' : 'Regular expression'}
              </label>
            ))}
          </fieldset>
          <PatternFields pattern={fields} />
          {error === null ? null : (
            <p className="refusal" role="alert">
              {error.message}
            </p>
          )}
          <p role="status" className="soft">
            {check.data == null || check.error !== null
              ? ''
              : `It could be saved. It matches ${counted(check.data.replayed?.matched ?? 0, 'past incident')}.`}
          </p>
          <div className="form-buttons">
            <Button
              disabled={check.isPending || save.isPending}
              onClick={() => form.current?.reportValidity() === true && check.mutate()}
            >
              Check
            </Button>
            <Button look="primary" type="submit" disabled={save.isPending}>
              {save.isPending ? 'Saving …' : 'Save'}
            </Button>
          </div>
        </form>
        <TryIt pattern={pattern} syntax={syntax} />
      </div>
    </article>
  );
}

function orderOf(form: FormData, written: Pick<PatternOrder, 'pattern' | 'syntax'>): PatternOrder {
  return {
    ...written,
    title: text(form, 'title'),
    solution: text(form, 'solution'),
    class: text(form, 'class') as NonNullable<PatternOrder['class']>,
    tags: wordsOf(text(form, 'tags')),
    service: text(form, 'service') || null,
  };
}

function TryIt({ pattern, syntax }: { readonly pattern: string; readonly syntax: Syntax }) {
  const [log, setLog] = useState('');
  const attempt = useMutation({
    mutationFn: async () =>
      contentOf(await api.knowledge.try.$post({ json: { pattern, syntax, text: log.slice(-MAX_TRIED) } })),
  });
  return (
    <section className="card" aria-label="Try it">
      <h2>Try it on a line or a log</h2>
      <div className="card-body form">
        <div className="field">
          <label htmlFor="tried">A line or a log</label>
          <textarea
            id="tried"
            className="input mono"
            rows={8}
            spellCheck={false}
            value={log}
            onChange={(event) => setLog(event.target.value)}
          />
          {log.length > MAX_TRIED ? (
            <span className="hint">It is long: the last {numberText(MAX_TRIED)} characters are tried.</span>
          ) : null}
        </div>
        <div className="form-buttons">
          <Button
            disabled={attempt.isPending || pattern.trim() === '' || log.trim() === ''}
            onClick={() => attempt.mutate()}
          >
            Try it
          </Button>
        </div>
        <div role="status" className="prose">
          {attempt.error === null ? null : <p className="refusal">{attempt.error.message}</p>}
          {attempt.data === undefined ? null : (
            <>
              <p>
                {attempt.data.matched === 0
                  ? 'It matches no line.'
                  : `It matches ${counted(attempt.data.matched, 'line')}.`}{' '}
                <span className="soft">
                  Looked for: <span className="mono">{attempt.data.wording}</span>
                </span>
              </p>
              <ol className="matched">
                {attempt.data.lines.map((line) => (
                  <li key={line.line}>
                    <span className="soft number">{line.line}</span>
                    <code className="mono">{line.text}</code>
                  </li>
                ))}
              </ol>
            </>
          )}
        </div>
      </div>
    </section>
  );
}
