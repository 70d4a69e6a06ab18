import type { PathMention } from '../../../src/core/risk/mentions.ts';

/** One position of a pattern: a character, one that may be any, any number within a name, or any number at all. */
type Piece = string | typeof one | typeof some | typeof all;
const one = Symbol('?');
const some = Symbol('*');
const all = Symbol('**');

const piecesOf = (path: string, isGlob: boolean): Piece[] => {
  if (!isGlob) return [...path];
  const pieces: Piece[] = [];
  for (let at = 0; at < path.length; at++) {
    const c = path[at] as string;
    if (c === '*') {
      if (path[at + 1] === '*') at++;
      pieces.push(path[at - 1] === '*' && path[at] === '*' ? all : some);
    } else if (c === '?') pieces.push(one);
    else if (c === '[' && path.indexOf(']', at + 2) > 0) {
      pieces.push(one);
      at = path.indexOf(']', at + 2);
    } else pieces.push(c);
  }
  return pieces;
};

/** True when some path fits both. */
const meet = (a: readonly Piece[], b: readonly Piece[]): boolean => {
  // Pairs of places that both patterns can have come to.
  const width = b.length + 1;
  const seen = new Set<number>([0]);
  const open = [0];
  const go = (i: number, j: number): void => {
    const place = i * width + j;
    if (seen.has(place)) return;
    seen.add(place);
    open.push(place);
  };
  while (open.length > 0) {
    const place = open.pop() as number;
    const i = Math.floor(place / width);
    const j = place % width;
    if (i === a.length && j === b.length) return true;
    const x = a[i];
    const y = b[j];
    if (x === some || x === all) go(i + 1, j);
    if (y === some || y === all) go(i, j + 1);
    if (x === undefined || y === undefined || !shareCharacter(x, y)) continue;
    go(x === some || x === all ? i : i + 1, y === some || y === all ? j : j + 1);
  }
  return false;
};

const shareCharacter = (x: Piece, y: Piece): boolean => {
  if (typeof x === 'string' && typeof y === 'string') return x === y;
  if (typeof x === 'string') return y === all || x !== '/';
  return typeof y !== 'string' || x === all || y !== '/';
};

const mentionPieces = ({ path, isGlob, isOpen }: PathMention): Piece[] => {
  const pieces = piecesOf(path, isGlob);
  return isOpen ? [...pieces, all] : pieces;
};

const under = (path: string): Piece[] => [...piecesOf(path === '/' ? '' : path, true), '/', all];

/**
 * True when what a script names may be the rule's path or something in it; with `above` also when it is a folder in
 * which that lies, though not the root.
 */
export const mayReach = (mention: PathMention, rulePath: string, above: boolean): boolean => {
  const named = mentionPieces(mention);
  if (meet(named, piecesOf(rulePath, true)) || meet(named, under(rulePath))) return true;
  return above && mention.path !== '/' && meet([...named, '/', all], piecesOf(rulePath, true));
};

/** True when what a script names is the rule's path or something in it, whatever the run brings. */
export const staysWithin = ({ path, isGlob, isOpen }: PathMention, rulePath: string): boolean => {
  if (isOpen || isGlob || path.includes('..')) return false;
  const pieces = piecesOf(path, false);
  return meet(pieces, piecesOf(rulePath, true)) || meet(pieces, under(rulePath));
};
