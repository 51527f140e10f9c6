import type { NotifierSample } from '../contract.ts';

const CREATED = {
  number: 1,
  state: 'open',
  html_url: 'https://github.com/acme/sample/issues/1',
  repository_url: 'https://api.github.com/repos/acme/sample',
};

/** A GitHub without issues. */
export const sample: NotifierSample = {
  settings: { repository: 'acme/operations' },
  secret: { url: 'https://github.example.com/api/v3', token: 'sample' },
  answer({ url, body, method }) {
    if (method === 'POST') {
      const { title, body: text } = JSON.parse(body) as { title: string; body: string };
      return { status: 201, text: JSON.stringify(CREATED), shown: { subject: title, text } };
    }
    const isSearch = new URL(url).pathname.endsWith('/search/issues');
    return { text: JSON.stringify(isSearch ? { items: [] } : []), shown: null };
  },
};
