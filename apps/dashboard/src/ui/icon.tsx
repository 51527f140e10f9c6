/** Paths of 20 by 20 icons, drawn as lines. */
const ICONS = {
  pulse: 'M2 10.5h3.6l2-5.5 4.2 10 2.2-4.5H18',
  lines: 'M3 5h14M3 9h9M3 13h12M3 17h7',
  list: 'M7 5h10M7 10h10M7 15h10M3 5h.01M3 10h.01M3 15h.01',
  check: 'M4 10.5l3.5 3.5L16 5.5',
  laptop: 'M4.5 4.5h11v8h-11zM2.5 15.5h15',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5L17 17',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  moon: 'M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5z',
  leave: 'M8 4H4.5v12H8M12 6.5l3.5 3.5-3.5 3.5M15 10H8',
  help: 'M7.6 7.6A2.5 2.5 0 1 1 10 11v1M10 14.6h.01',
  alert: 'M10 3.5l7 12.5H3zM10 8.5v3.5M10 14h.01',
  link: 'M8 12l4-4M8.5 6l1.6-1.6a3.5 3.5 0 0 1 5 5L13.5 11M11.5 14l-1.6 1.6a3.5 3.5 0 0 1-5-5L6.5 9',
  mail: 'M3 5h14v10H3zM3 5.5l7 5.5 7-5.5',
  right: 'M8 5l5 5-5 5',
  book: 'M10 5.5C8.5 4.3 6.3 4 3 4v11.5c3.3 0 5.5.3 7 1.5 1.5-1.2 3.7-1.5 7-1.5V4c-3.3 0-5.5.3-7 1.5zM10 5.5V17',
  file: 'M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15M7.5 10h5M7.5 13h5',
  sliders: 'M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4',
  chart: 'M3 3v14h14M6 13l3.5-4 3 2.5L17 6',
  flask: 'M8 3v5l-4.5 8h13L12 8V3M6.5 3h7M6 12.5h8',
  play: 'M6 3.5v13l10-6.5z',
  dice: 'M4 4h12v12H4zM7.5 7.5h.01M12.5 7.5h.01M10 10h.01M7.5 12.5h.01M12.5 12.5h.01',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  key: 'M7 16a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM9.5 10L16 3.5M13.5 6l2.5 2.5',
  user: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17c.6-3.2 3-5 6.5-5s5.9 1.8 6.5 5',
  bell: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.2 1.5H3.8zM8.5 17h3',
} as const;
export type IconName = keyof typeof ICONS;

/** Decoration beside a text: screen readers skip it. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
