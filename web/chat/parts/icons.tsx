/* Line icons on a grid of 24, drawn in the colour of the text around them. */
const PATHS = {
  hash: 'M5 9h14M5 15h14M10 4 8 20M16 4l-2 16',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  disc: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM6.5 12A5.5 5.5 0 0 1 12 6.5',
  calendar: 'M4 6h16v14H4zM4 10.5h16M8.5 3v4M15.5 3v4',
  at: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM15.5 8.5v5a2.5 2.5 0 0 0 5 0V12a8.5 8.5 0 1 0-3.4 6.8',
  menu: 'M4 7h16M4 12h16M4 17h16',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20.5 20.5',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 14.2a4.2 4.2 0 0 0 7 0M9 9.5v.5M15 9.5v.5',
  reply: 'M9 6 3.5 11.5 9 17M4 11.5h9.5a6.5 6.5 0 0 1 6.5 6.5v.5',
  pencil: 'M4.5 19.5 5.4 15 16 4.5l3.5 3.5L9 18.6ZM13.5 7l3.5 3.5',
  bin: 'M4 6.5h16M9 6.5V4h6v2.5M6 6.5 7 20h10l1-13.5M10.2 10.5v6M13.8 10.5v6',
  send: 'M12 19.5v-15M5.5 11 12 4.5l6.5 6.5',
  down: 'M12 5v14M6 13l6 6 6-6',
  alert: 'M12 3.5 2.5 20h19ZM12 10v4.5M12 17v.3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  copy: 'M9 9h11v11H9zM5.5 15H4V4h11v1.5',
  sliders: 'M4 8h9M17 8h3M4 16h3M11 16h9M15 5.5v5M9 13.5v5',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z',
  keyboard: 'M3 7h18v11H3zM7 10.5v.3M10.5 10.5v.3M14 10.5v.3M17.3 10.5v.3M8 14.5h8',
  check: 'M5 12.5 10 17.5 19.5 7',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.5V12l3 2',
  more: 'M5 12v.3M12 12v.3M19 12v.3',
  window: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  leave: 'M10 4H5v16h5M14.5 8l4 4-4 4M18 12H9.5',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of the product: a record on its slipmat. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="16" fill="#17181b" />
      <circle cx="16" cy="16" r="15.5" fill="none" stroke="#4a4e55" />
      <circle cx="16" cy="16" r="11.3" fill="none" stroke="#4a4e55" stroke-width="1.2" />
      <circle cx="16" cy="16" r="6.5" fill="#c9f23c" />
      <circle cx="16" cy="16" r="1.6" fill="#17181b" />
    </svg>
  );
}
