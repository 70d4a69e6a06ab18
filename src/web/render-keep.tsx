import type { VNode } from 'preact';
import type { KeepWish } from '../core/keep.ts';
import { type KeepField, keepFields, keepTexts } from '../core/keep-fields.ts';

const placeOf = (task: number): string => `keep-${task}`;

/** Fetches the form when it is wanted: what is proposed is worked out for one task, and most are never kept. */
export const KeepButton = ({ task, to }: { task: number; to: string }): VNode => (
  <form class="act" hx-get={to} hx-swap="none" hx-disabled-elt="find button">
    <button type="submit" class="button" data-act="keep" aria-controls={placeOf(task)}>
      Keep as runbook
    </button>
  </form>
);

/** Where the form comes to stand. */
export const KeepPlace = ({ task }: { task: number }): VNode => (
  <form class="panel" id={placeOf(task)} hidden />
);

/** What a runbook is called, to confirm or to change. It counts as touched, so that no news of the card empties it. */
export const KeepPanel = ({ task, form }: { task: number; form: KeepWish }): VNode => {
  const texts = keepTexts(form);
  return (
    <form
      class="panel"
      id={placeOf(task)}
      data-touched="yes"
      hx-swap-oob="outerHTML"
      hx-post={`/console/tasks/${task}/keep`}
      hx-swap="none"
      hx-disabled-elt="find button[type=submit]"
    >
      {keepFields.map((field) => (
        <Field key={field.name} task={task} field={field} text={texts[field.name]} />
      ))}
      <div class="panel-row end">
        <button type="button" class="button" data-toggle={placeOf(task)} data-toggle-close="yes">
          Not now
        </button>
        <button type="submit" class="button primary">
          Keep
        </button>
      </div>
    </form>
  );
};

const Field = ({ task, field, text }: { task: number; field: KeepField; text: string }): VNode => {
  const id = `keep-${field.name}-${task}`;
  const shared = { id, name: field.name, maxLength: field.charsMax, required: field.isRequired };
  return (
    <div>
      <label for={id}>
        {field.label}. {field.hint}
      </label>
      {field.isLong ? (
        <textarea {...shared} rows={Math.max(2, text.split('\n').length)} spellcheck={false}>
          {text}
        </textarea>
      ) : (
        <input {...shared} type="text" value={text} autocomplete="off" spellcheck={false} />
      )}
    </div>
  );
};
