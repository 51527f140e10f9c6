/** Follows the reader's light or dark setting; every text has a contrast of at least 4.5 to 1. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 38rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.15rem; margin-bottom: 0.25rem; }
label { display: block; margin-top: 0.75rem; font-weight: 600; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; min-width: 7rem; margin: 1rem 0.75rem 0 0; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
#status { padding: 0.75rem; border-left: 0.3rem solid; }
[hidden] { display: none; }
`;
