/** Follows the reader's light or dark setting; every text has a contrast of at least 4.5 to 1. */
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
