import type { KeepWish } from '../core/keep.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { AlertDesk } from '../flow/alert-desk.ts';
import type { Act, Desk } from '../flow/desk.ts';
import type { SlackAction } from './action.ts';

/** What a click or a modal comes to at the desk. What has changed then, the publisher shows. */
export type Acted = { kind: 'done' } | { kind: 'refused'; sentence: Sentence };

/** What a person gave with an action, in a modal. */
export interface Given {
  /** The text typed to confirm; null where none was. */
  confirm: string | null;
  reason: string | null;
  /** Edited scripts by the digest of what they replace. */
  texts: { digest: string; text: string }[];
  /** What a runbook is to be called; null where no form asked. */
  wish: KeepWish | null;
}

export const givenNothing: Given = { confirm: null, reason: null, texts: [], wish: null };

/** Actions that change something at the desk; the others ask, or open a modal. */
export type DeskAction = Exclude<SlackAction, { kind: 'ask' | 'task' | 'read' | 'compose' }>;

export const performAction = async (
  { desk, alerts }: { desk: Desk; alerts: AlertDesk | null },
  action: DeskAction,
  act: Act,
  given: Given,
): Promise<Acted> => {
  switch (action.kind) {
    case 'approve': {
      const { task, proposal, digest, canary } = action;
      return desk.approve(task, { ...act, proposal, digest, canary, confirm: given.confirm });
    }
    case 'reject':
      return desk.reject(action.task, { ...act, reason: given.reason });
    case 'edit':
      return desk.edit(action.task, { ...act, proposal: action.proposal, texts: given.texts });
    case 'keep':
      return given.wish === null
        ? { kind: 'refused', sentence: sentence('button_unknown', {}) }
        : desk.keep(action.task, { ...act, wish: given.wish });
    case 'choose':
      return action.option === null
        ? { kind: 'refused', sentence: sentence('button_unknown', {}) }
        : desk.choose(action.task, { ...act, option: action.option });
    case 'cancel':
      return desk.cancel(action.task, act);
    case 'continue':
      return desk.continue(action.task, act);
    case 'stop':
      return desk.stop(action.task, act);
    default:
      return alerts
        ? performOnIncident(alerts, action, act)
        : { kind: 'refused', sentence: sentence('button_unknown', {}) };
  }
};

type IncidentAction = Extract<DeskAction, { incident: number }>;

const performOnIncident = (alerts: AlertDesk, action: IncidentAction, act: Act): Promise<Acted> => {
  switch (action.kind) {
    case 'acknowledge':
      return alerts.acknowledge(action.incident, act);
    case 'silence':
      return alerts.silence(action.incident, { ...act, forMs: action.forMs });
    case 'unsilence':
      return alerts.unsilence(action.incident, act);
    case 'diagnose':
      return alerts.diagnose(action.incident, { ...act, on: action.on });
  }
};
