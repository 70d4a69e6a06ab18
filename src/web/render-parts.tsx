import type { ComponentChildren, VNode } from 'preact';
import { Icon } from './render-icons.tsx';

export interface ActProps {
  /** Path of the route. */
  to: string;
  /** Fields that go along; foreign text is fine, it is data. */
  fields?: Record<string, string>;
  kind?: 'primary' | 'plain' | 'danger' | 'chip';
  /** For the page's script: which act this is, so that a key can find it. */
  act?: string;
  label?: string;
  children: ComponentChildren;
}

/** One button that does one thing at once: a real form, sent by htmx with the tab's write token. */
export const Act = ({ to, fields = {}, kind = 'plain', act, label, children }: ActProps): VNode => (
  <form class="act" hx-post={to} hx-swap="none" hx-disabled-elt="find button">
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" key={name} name={name} value={value} />
    ))}
    <button type="submit" class={`button ${kind}`} data-act={act} aria-label={label}>
      {children}
    </button>
  </form>
);

/** A fold with a small turning arrow. The page's script keeps it open across updates once a person opened it. */
export const Fold = (props: {
  id: string;
  summary: ComponentChildren;
  open?: boolean;
  kind?: string;
  children: ComponentChildren;
}): VNode => (
  <details id={props.id} class={`fold ${props.kind ?? ''}`} open={props.open ?? false}>
    <summary>
      <Icon name="chevron" />
      <span class="fold-words">{props.summary}</span>
    </summary>
    {props.children}
  </details>
);
