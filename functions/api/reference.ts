import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';

/** What the page reads of the OpenAPI document. */
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
  readonly 'x-permission'?: string;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem; }
h2 { margin-top: 2.5rem; text-transform: capitalize; }
article { border-top: 1px solid; padding: 0.75rem 0; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9rem; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
`;
/** The page runs no script, and no style but its own. */
export const REFERENCE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`;

type Html = ReturnType<typeof html>;

/** The API as a page for people, from its OpenAPI document. */
export function renderReference(document: {
  readonly info: { readonly version: string };
  readonly paths?: object;
}): Html {
  const operations = Object.entries((document.paths ?? {}) as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tagOf = ({ tags: [tag = 'other'] = [] }: Operation): string => tag;
  const sections = [...new Set(operations.map(({ operation }) => tagOf(operation)))].map((tag) => {
    const own = operations.filter(({ operation }) => tagOf(operation) === tag);
    return html`<section><h2>${tag}</h2>${own.map(article)}</section>`;
  });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Selfheal API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>Selfheal API ${document.info.version}</h1>
<p>Send <code>Authorization: Bearer</code> with an ID token of the user pool or an API key. Errors are problem details
(RFC 9457): <code>detail</code> says what to change in the request. The same as a document:
<a href="/api/openapi.json">openapi.json</a>.</p>
${sections}
</main>
</body>
</html>
`;
}

function article({ path, method, operation }: { path: string; method: string; operation: Operation }): Html {
  const { summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const permission = operation['x-permission'];
  const sign = permission === undefined ? 'Needs no sign-in.' : html`Needs the permission <code>${permission}</code>.`;
  const rows = (parameters as readonly Parameter[]).map(
    ({ name, in: where, required, description: meaning = '', schema = {} }) =>
      html`<tr><td><code>${name}</code></td><td>${where}${required ? ', required' : ''}</td><td>${meaning} <code>${JSON.stringify(schema)}</code></td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description: what = '' }]) => html`<tr><td>${status}</td><td>${what}</td></tr>`,
  );
  return html`<article>
<h3><code>${method.toUpperCase()} ${path}</code></h3>
<p>${summary}. ${sign} ${description}</p>
${rows.length === 0 ? '' : html`<table><thead><tr><th>Parameter</th><th>Where</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table>`}
${requestBody === undefined ? '' : html`<p>Body:</p><pre>${JSON.stringify(requestBody, null, 2)}</pre>`}
<table><thead><tr><th>Status</th><th>Answer</th></tr></thead><tbody>${answers}</tbody></table>
</article>`;
}
