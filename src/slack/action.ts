import { buttonValueCharsMax } from './limits.ts';

/** What a click or a submitted modal asks for. It carries all that it needs, since a server may have started anew since. */
export type SlackAction =
  /** `isTyped`: something must be typed with it, so the click opens a modal. */
  | { kind: 'approve'; task: number; proposal: number; digest: string; canary: boolean; isTyped: boolean }
  /** Opens the modal that has the whole script, and in it the yes that the card's blocks have no room for. */
  | { kind: 'read'; task: number; proposal: number; digest: string }
  | { kind: 'reject'; task: number }
  /** Opens the form in which the script is kept as a runbook. */
  | { kind: 'keep'; task: number }
  | { kind: 'edit'; task: number; proposal: number }
  | { kind: 'cancel'; task: number }
  | { kind: 'continue'; task: number }
  | { kind: 'stop'; task: number }
  /** `option` is null in a menu, where the choice comes with the click. */
  | { kind: 'choose'; task: number; option: string | null }
  /** A suggested request. `task`: in whose conversation; null in none. */
  | { kind: 'ask'; task: number | null; request: string }
  /** Opens the modal in which a request is written. */
  | { kind: 'compose' }
  /** Shows a task's card here. */
  | { kind: 'task'; task: number }
  | { kind: 'acknowledge'; incident: number }
  | { kind: 'silence'; incident: number; forMs: number }
  | { kind: 'unsilence'; incident: number }
  /** `on` is null where the incident names a machine, or a menu's choice comes with the click. */
  | { kind: 'diagnose'; incident: number; on: string | null };

export interface EncodedAction {
  action_id: string;
  value: string;
}

const prefix = 'nerdy.';

/**
 * @param place tells two buttons of one block apart, since an `action_id` must be its own there.
 * @returns null where it is longer than a button's value may be: there is no such button then.
 */
export const encodeAction = (action: SlackAction, place = 0): EncodedAction | null => {
  const { kind, ...fields } = action;
  const value = JSON.stringify(fields);
  return value.length > buttonValueCharsMax ? null : { action_id: `${prefix}${kind}.${place}`, value };
};

/** The `action_id` of a menu: it carries what a button's value does, since the value is what was chosen. */
export const encodeMenu = (action: Extract<SlackAction, { kind: 'choose' | 'diagnose' }>): string => {
  const { kind, ...fields } = action;
  return `${prefix}${kind}.0.${JSON.stringify(fields)}`;
};

/**
 * Reads what `encodeAction` and `encodeMenu` wrote; null for anything else: an action id of another app's, a value that
 * was altered. What comes back is only well formed. Whether it may be done is the desk's to say.
 *
 * @param actionId of a button or a menu, or the `callback_id` of a modal.
 * @param value of the button, of the menu's chosen option, or the modal's `private_metadata`.
 */
export const decodeAction = (actionId: string, value: string): SlackAction | null => {
  const [, kind = '', inId] = /^nerdy\.([a-z]+)\.\d+(?:\.(\{.*\}))?$/s.exec(actionId) ?? [];
  const form: AnyForm | null = Object.hasOwn(forms, kind) ? forms[kind as SlackAction['kind']] : null;
  if (!form || value.length > buttonValueCharsMax) return null;
  const given = inId === undefined ? fieldsOf(value) : withChoice(fieldsOf(inId), kind, value);
  if (!given) return null;
  const isWhole =
    Object.keys(given).length === Object.keys(form).length &&
    Object.entries(form).every(([name, fits]) => Object.hasOwn(given, name) && fits(given[name]));
  return isWhole ? ({ kind, ...given } as SlackAction) : null;
};

const fieldsOf = (json: string): Record<string, unknown> | null => {
  try {
    const fields: unknown = JSON.parse(json);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

const withChoice = (
  fields: Record<string, unknown> | null,
  kind: string,
  choice: string,
): Record<string, unknown> | null => {
  if (!fields) return null;
  if (kind === 'choose') return { ...fields, option: choice };
  return kind === 'diagnose' ? { ...fields, on: choice } : null;
};

type AnyForm = Readonly<Record<string, (value: unknown) => boolean>>;
type Form<A> = { [F in Exclude<keyof A, 'kind'>]: (value: unknown) => boolean };
type Forms = { [K in SlackAction['kind']]: Form<Extract<SlackAction, { kind: K }>> };

const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isDigest = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{1,128}$/.test(value);
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const orNull = (fits: (value: unknown) => boolean) => (value: unknown) => value === null || fits(value);

const forms: Forms = {
  approve: { task: isNumber, proposal: isNumber, digest: isDigest, canary: isFlag, isTyped: isFlag },
  read: { task: isNumber, proposal: isNumber, digest: isDigest },
  reject: { task: isNumber },
  keep: { task: isNumber },
  edit: { task: isNumber, proposal: isNumber },
  cancel: { task: isNumber },
  continue: { task: isNumber },
  stop: { task: isNumber },
  choose: { task: isNumber, option: orNull(isText) },
  ask: { task: orNull(isNumber), request: isText },
  compose: {},
  task: { task: isNumber },
  acknowledge: { incident: isNumber },
  silence: { incident: isNumber, forMs: isNumber },
  unsilence: { incident: isNumber },
  diagnose: { incident: isNumber, on: orNull(isText) },
};
