import { createHash } from 'node:crypto';
import { plain } from './escape.ts';
import { customIdCharsMax } from './limits.ts';

/**
 * What a button, menu or modal of ours stands for. It is all that comes back with a click, also after months and
 * restarts, so it says enough to act: the task, and for a yes the proposal and the whole digest of what was shown
 * (law 1), which the desk compares.
 */
export type ButtonMeaning =
  | { kind: 'approve'; task: number; proposal: number; digest: string; canary: boolean; isTyped: boolean }
  | { kind: 'reject' | 'cancel' | 'continue' | 'stop' | 'keep'; task: number }
  | { kind: 'edit'; task: number; proposal: number }
  /** A null option is the menu's choice. */
  | { kind: 'choose'; task: number; option: string | null }
  /** Asks what the card suggested, by its place; `check` tells whether that is still the same. */
  | { kind: 'next'; task: number; at: number; check: string }
  | { kind: 'show'; task: number }
  | { kind: 'ask'; request: string }
  /** The modal of "Ask Nerdy about this": the message that it is about. */
  | { kind: 'about'; message: string }
  | { kind: 'acknowledge' | 'unsilence'; incident: number }
  | { kind: 'silence'; incident: number; forMs: number }
  /** `on`: the machine; null where the incident names one, or a menu says it. */
  | { kind: 'diagnose'; incident: number; on: string | null };

/** Another version's ids are told from ours by this. */
const prefix = 'n1';
const joint = ' ';

/** Base64url of a digest in hex: 43 characters instead of 64. */
const shortDigest = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
const longDigest = (short: string): string => Buffer.from(short, 'base64url').toString('hex');

/** Six letters that differ where two requests do. */
export const checkOf = (request: string): string =>
  createHash('sha256').update(request).digest('base64url').slice(0, 6);

const partsOf = (meaning: ButtonMeaning): (string | number)[] => {
  switch (meaning.kind) {
    case 'approve':
      return [
        meaning.task,
        meaning.proposal,
        shortDigest(meaning.digest),
        `${meaning.canary ? 'c' : 'a'}${meaning.isTyped ? 't' : ''}`,
      ];
    case 'edit':
      return [meaning.task, meaning.proposal];
    case 'choose':
      return meaning.option === null ? [meaning.task] : [meaning.task, meaning.option];
    case 'next':
      return [meaning.task, meaning.at, meaning.check];
    case 'ask':
      return [meaning.request];
    case 'about':
      return [meaning.message];
    case 'silence':
      return [meaning.incident, meaning.forMs];
    case 'diagnose':
      return meaning.on === null ? [meaning.incident] : [meaning.incident, meaning.on];
    case 'acknowledge':
    case 'unsilence':
      return [meaning.incident];
    default:
      return [meaning.task];
  }
};

/** The id, or null where Discord would not take it or not give it back as it is: then there is no such button. */
export const customId = (meaning: ButtonMeaning): string | null => {
  const id = [prefix, meaning.kind, ...partsOf(meaning)].join(joint);
  return id.length > customIdCharsMax || plain(id) !== id ? null : id;
};

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;

/** Reads an id; null for one that is not ours, or of a version that meant something else by it. */
export const meaningOf = (id: string): ButtonMeaning | null => {
  const [first, kind, ...parts] = id.split(joint);
  if (first !== prefix) return null;
  const rest = (from: number): string | null => (parts.length > from ? parts.slice(from).join(joint) : null);
  if (kind === 'about') return parts[0] ? { kind, message: parts[0] } : null;
  if (kind === 'ask') {
    const request = rest(0);
    return request ? { kind, request } : null;
  }
  const number = numberOf(parts[0]);
  const second = numberOf(parts[1]);
  if (number === null) return null;
  switch (kind) {
    case 'approve': {
      const [, , short, flags] = parts;
      if (second === null || !short || !flags || !/^[\w-]{43}$/.test(short)) return null;
      const digest = longDigest(short);
      const [canary, isTyped] = [flags.startsWith('c'), flags.endsWith('t')];
      return { kind, task: number, proposal: second, digest, canary, isTyped };
    }
    case 'reject':
    case 'cancel':
    case 'continue':
    case 'stop':
    case 'keep':
    case 'show':
      return { kind, task: number };
    case 'edit':
      return second === null ? null : { kind, task: number, proposal: second };
    case 'choose':
      return { kind, task: number, option: rest(1) };
    case 'next':
      return second === null || !parts[2] ? null : { kind, task: number, at: second, check: parts[2] };
    case 'acknowledge':
    case 'unsilence':
      return { kind, incident: number };
    case 'silence':
      return second === null ? null : { kind, incident: number, forMs: second };
    case 'diagnose':
      return { kind, incident: number, on: rest(1) };
    default:
      return null;
  }
};
