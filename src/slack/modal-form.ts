import type { KeepWish } from '../core/keep.ts';
import { wishOf } from '../core/keep-fields.ts';

/** The fields of our modals, by the `block_id` that each has; a script's pieces are counted on. */
export const modalField = {
  reason: 'reason',
  typed: 'typed',
  canary: 'canary',
  request: 'request',
  machines: 'machines',
} as const;

/** The `action_id` of every field: there is one in each block. */
export const fieldAction = 'field';

/** What somebody filled in; null where the modal has no such field or it was left empty. */
export interface ModalForm {
  reason: string | null;
  typed: string | null;
  canary: boolean | null;
  request: string | null;
  machines: string[];
  /** The scripts of an edit, by the digest that they replace. */
  texts: { digest: string; text: string }[];
  /** Of the form in which a runbook is kept. */
  wish: KeepWish;
}

/** The block of one field of the form in which a runbook is kept. */
export const keepBlock = (name: keyof KeepWish): string => `keep.${name}`;

interface FieldState {
  value?: string | null | undefined;
  selected_option?: { value?: string | undefined } | null | undefined;
  selected_options?: readonly { value?: string | undefined }[] | null | undefined;
}

/** Reads `view.state.values` of a submitted modal. */
export const readForm = (
  values: Readonly<Record<string, Readonly<Record<string, FieldState>>>>,
): ModalForm => {
  const field = (block: string): FieldState | undefined => values[block]?.[fieldAction];
  const text = (block: string): string | null => field(block)?.value?.trim() || null;
  const canary = field(modalField.canary)?.selected_option?.value;
  return {
    reason: text(modalField.reason),
    typed: text(modalField.typed),
    canary: canary === undefined ? null : canary === 'one',
    request: text(modalField.request),
    machines: (field(modalField.machines)?.selected_options ?? []).flatMap(({ value }) => value ?? []),
    wish: wishOf((name) => text(keepBlock(name)) ?? ''),
    texts: textsOf(values, (block) => field(block)?.value ?? ''),
  };
};

/** A piece of a script is an input whose id says where it stands and which line ends followed it. */
const pieceId = /^text\.(\d+)\.(\d+)\.(\d+)\.([\w-]+)$/;

/**
 * @param newlines line ends that follow the piece. They are not in the input, since a client may cut them off there.
 */
export const pieceBlock = (script: number, piece: number, newlines: number, digest: string): string =>
  `text.${script}.${piece}.${newlines}.${digest}`;

const textsOf = (
  values: Readonly<Record<string, unknown>>,
  valueIn: (block: string) => string,
): ModalForm['texts'] => {
  const pieces = Object.keys(values)
    .map((block) => pieceId.exec(block))
    .filter((found) => found !== null)
    .map(([block, script, piece, newlines, digest = '']) => {
      const value = valueIn(block);
      // A piece that somebody emptied is gone with its line ends.
      return {
        script: Number(script),
        piece: Number(piece),
        digest,
        text: value === '' ? '' : `${value}${'\n'.repeat(Number(newlines))}`,
      };
    })
    .sort((a, b) => a.script - b.script || a.piece - b.piece);
  const texts = new Map<number, { digest: string; text: string }>();
  for (const { script, digest, text } of pieces) {
    const known = texts.get(script);
    if (known) known.text += text;
    else texts.set(script, { digest, text });
  }
  return [...texts.values()];
};
