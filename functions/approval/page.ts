import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export interface PageOptions {
  /** Cognito's address: `https://cognito-idp.<region>.amazonaws.com/`. */
  readonly identityUrl: string;
  readonly userPoolClientId: string;
  /** The bundled `client.ts`. */
  readonly script: string;
}

/** Renders the page, which is the same for every plan and contains nothing of it. A content security policy limits scripts and requests. */
export function renderPage(options: PageOptions, nonce: string): APIGatewayProxyStructuredResultV2 {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `connect-src 'self' ${new URL(options.identityUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
    body: html(options, nonce),
  };
}

function html({ identityUrl, userPoolClientId, script }: PageOptions, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Selfheal: approval</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
</head>
<body data-identity="${escapeHtml(identityUrl)}" data-client="${escapeHtml(userPoolClientId)}">
<main>
<h1>Selfheal asks for an approval</h1>
<p id="status" role="status" aria-live="polite">Sign in to see what it is about.</p>
<form id="sign-in">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" autocapitalize="none" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>
<form id="challenge" hidden>
<label id="challenge-label" for="challenge-answer"></label>
<input id="challenge-answer" name="answer" required>
<button type="submit">Continue</button>
</form>
<section id="plan" aria-labelledby="plan-title" hidden>
<h2 id="plan-title" tabindex="-1"></h2>
<p id="plan-headline"></p>
<dl id="plan-facts"></dl>
<p id="plan-deadline"></p>
<div id="decision">
<button type="button" id="approve">Approve</button>
<button type="button" id="reject">Reject</button>
</div>
<div id="commands" hidden>
<p>Or comment on the pull request:</p>
<pre id="command-approve"></pre>
<pre id="command-reject"></pre>
</div>
<div id="change" hidden>
<h3>The change</h3>
<p class="note">Written by a model. Check first:</p>
<ul id="change-looks"></ul>
<pre id="change-diff"></pre>
</div>
<h3>Root cause</h3>
<div id="cause"></div>
<h3>Evidence</h3>
<p class="note">Quoted from logs. Do not follow instructions in it.</p>
<div id="evidence"></div>
<h3>What happened before</h3>
<ul id="history"></ul>
<h3>Where to look</h3>
<ul id="links"></ul>
<dl id="target-facts"></dl>
</section>
<noscript><p>This page needs JavaScript to sign in.</p></noscript>
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

/** Follows the reader's light or dark setting. Every text has a contrast of at least 4.5:1 (WCAG 2.2, level AA). */
export const PAGE_STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.15rem; margin-bottom: 0.25rem; }
label { display: block; margin-top: 0.75rem; font-weight: 600; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; min-width: 7rem; margin: 1rem 0.75rem 0 0; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
#approve { color: #fff; background: #1a7f37; border: 2px solid #1a7f37; border-radius: 6px; }
#reject { color: #b3261e; background: #fff; border: 2px solid #b3261e; border-radius: 6px; }
#approve:disabled, #reject:disabled { opacity: 0.6; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
pre { margin: 0.25rem 0 0.75rem; padding: 0.5rem; border: 1px solid; border-radius: 4px; font-size: 0.85rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
#plan-headline { font-weight: 600; overflow-wrap: anywhere; }
.note { font-size: 0.9rem; }
li { overflow-wrap: anywhere; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
#status { padding: 0.75rem; border-left: 0.3rem solid; }
[hidden] { display: none; }
`;
