import type { VNode } from 'preact';

export type IconName =
  | 'waiting'
  | 'working'
  | 'good'
  | 'bad'
  | 'quiet'
  | 'chevron'
  | 'send'
  | 'close'
  | 'reply'
  | 'machine'
  | 'more'
  | 'read-only'
  | 'changes'
  | 'dangerous'
  | 'forbidden';

const paths: Record<IconName, VNode> = {
  waiting: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.75V8l2.25 1.5" />
    </>
  ),
  working: <path d="M8 1.75a6.25 6.25 0 1 1-6.25 6.25" />,
  good: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m5.25 8.25 1.9 1.9 3.6-4" />
    </>
  ),
  bad: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.75v3.75M8 11v.1" />
    </>
  ),
  quiet: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M5.25 8h5.5" />
    </>
  ),
  chevron: <path d="m6 4 4 4-4 4" />,
  send: <path d="M8 13V3M3.75 7.25 8 3l4.25 4.25" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  reply: <path d="M6.5 4 3 7.5 6.5 11M3 7.5h6.5A3.5 3.5 0 0 1 13 11v1.5" />,
  'read-only': (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  changes: <path d="M10.6 2.9 13.1 5.4 5.4 13.1l-3 .5.5-3Z" />,
  dangerous: <path d="M8 2.2 14.6 13.5H1.4ZM8 6.4v3.2M8 11.5v.1" />,
  forbidden: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m3.6 3.6 8.8 8.8" />
    </>
  ),
  more: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" />,
  machine: (
    <>
      <rect x="2" y="2.75" width="12" height="4.5" rx="1.25" />
      <rect x="2" y="8.75" width="12" height="4.5" rx="1.25" />
      <path d="M4.6 5h.1M4.6 11h.1" />
    </>
  ),
};

/** A small line drawing. Decoration only: what it says stands beside it in words. */
export const Icon = ({ name }: { name: IconName }): VNode => (
  <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    {paths[name]}
  </svg>
);
