import type { Verdict } from '../effect.ts';
import { say } from '../verdicts.ts';
import { childrenOf } from './children.ts';
import { type Around, commandVerdicts } from './command.ts';
import { shownOf } from './constant.ts';
import { memberVerdicts, propertyVerdicts, secretVerdicts } from './members.ts';
import { isSecretName, isWindowsOwned, isWindowsSecret } from './places.ts';
import { typeVerdicts } from './statics.ts';
import type {
  AssignmentNode,
  Expression,
  PipelineNode,
  Redirection,
  SyntaxNode,
  VariableNode,
} from './tree.ts';

/** What a walk leaves behind. */
export interface Walk extends Pick<Around, 'known'> {
  nodes: number;
  functions: number;
  readonly nodesMax: number;
  isTooLarge: boolean;
  readonly report: (at: number, verdict: Verdict) => void;
  readonly runsText: (text: string, at: number) => readonly Verdict[];
}

/** Judges a node and all inside it. Depth is bounded by whoever read the tree. */
export const walkNode = (node: SyntaxNode, walk: Walk): void => {
  if (++walk.nodes > walk.nodesMax) {
    walk.isTooLarge = true;
    return;
  }
  const skipped = visit(node, walk);
  if (node.type === 'function') walk.functions++;
  for (const child of childrenOf(node)) if (!skipped.includes(child)) walkNode(child, walk);
  if (node.type === 'function') walk.functions--;
};

const reportAll = (verdicts: readonly Verdict[], node: SyntaxNode, walk: Walk): void => {
  for (const verdict of verdicts) walk.report(node.at, verdict);
};

const none: readonly SyntaxNode[] = [];

/** Judges one node; returns those of its children that are judged with it. */
const visit = (node: SyntaxNode, walk: Walk): readonly SyntaxNode[] => {
  switch (node.type) {
    case 'pipeline':
      visitPipeline(node, walk);
      return none;
    case 'assignment':
      return visitAssignment(node, walk);
    case 'control':
      if (node.keyword === 'using') visitUsing(node.parts, node, walk);
      // What is caught is named, not made.
      return node.keyword === 'try' || node.keyword === 'trap'
        ? node.parts.filter((part) => part.type === 'type' && part.args.length === 0)
        : none;
    case 'function':
      if (node.keyword === 'configuration')
        walk.report(node.at, say('unknown', 'describes how a machine should be set up'));
      return none;
    case 'redirection':
      reportAll(redirectionVerdicts(node), node, walk);
      return none;
    case 'variable':
      reportAll(variableVerdicts(node), node, walk);
      return none;
    case 'type':
      reportAll(typeVerdicts(node.name), node, walk);
      return none;
    case 'member':
      reportAll(memberVerdicts(node, walk.known), node, walk);
      if (node.args) reportAll(secretVerdicts(node.args), node, walk);
      return node.isStatic && node.target.type === 'type' && node.target.args.length === 0
        ? [node.target]
        : none;
    case 'operation':
      for (const [i, operator] of node.operators.entries()) {
        const operand = node.operands[Math.min(i, node.operands.length - 1)];
        if ((operator === 'assign' || operator === 'unary ++') && operand && operand.type !== 'variable')
          reportAll(propertyVerdicts(operand, walk.known), node, walk);
      }
      return none;
    default:
      return none;
  }
};

const visitPipeline = (node: PipelineNode, walk: Walk): void => {
  for (const [i, element] of node.elements.entries()) {
    if (element.type !== 'command') continue;
    const at = element.at;
    const verdicts = commandVerdicts(element, {
      known: walk.known,
      isFed: i > 0,
      isInFunction: walk.functions > 0,
      isFedAll: isAll(node.elements[i - 1]),
      depth: 0,
      runsText: (text) => walk.runsText(text, at),
    });
    reportAll(verdicts, element, walk);
  }
};

/** `Get-Process` alone gets all there are. */
const isAll = (feeder: PipelineNode['elements'][number] | undefined): boolean =>
  feeder?.type === 'command' &&
  feeder.args.every((arg) => 'value' in arg && arg.type === 'word' && arg.value === '*');

const visitAssignment = (node: AssignmentNode, walk: Walk): readonly SyntaxNode[] => {
  const { target } = node;
  const targets = target.type === 'list' ? target.items : [target];
  for (const one of targets) reportAll(assigned(one, walk), node, walk);
  return target.type === 'variable' ? [target] : none;
};

/** What setting something does: a variable of the script's own is nothing. */
const assigned = (target: Expression, walk: Walk): readonly Verdict[] => {
  if (target.type === 'operation') {
    const last = target.operands.at(-1);
    return last && last !== target ? assigned(last, walk) : [];
  }
  if (target.type === 'member' || target.type === 'index') return propertyVerdicts(target, walk.known);
  if (target.type !== 'variable') return [];
  const { name } = target;
  if (name.startsWith('env:'))
    return [say('writes', `sets the environment variable ${name.slice('env:'.length)}`)];
  if (name.startsWith('function:') || name.startsWith('alias:'))
    return [say('undecidable', `gives ${name.slice(name.indexOf(':') + 1)} another meaning`)];
  if (name.includes(':')) return [say('writes', `writes to ${name}`)];
  if (
    /^(psdefaultparametervalues|psmoduleautoloadingpreference|executioncontext|error|input|pscmdlet)$/.test(
      name,
    )
  )
    return [say('unknown', `sets $${name}, by which other commands go`)];
  return [];
};

const variableVerdicts = ({ name }: VariableNode): readonly Verdict[] => {
  const drive = name.slice(0, name.indexOf(':') + 1);
  if (drive === 'env:')
    return isSecretName(name.slice(drive.length)) ? [say('secrets', `reads the secret in $${name}`)] : [];
  if (drive === '' || drive === 'function:' || drive === 'alias:') return [];
  return isWindowsSecret(name)
    ? [say('secrets', `reads the secret ${name}`)]
    : [say('reads', `reads ${name}`)];
};

const visitUsing = (parts: readonly SyntaxNode[], node: SyntaxNode, walk: Walk): void => {
  const [what] = parts;
  if (what?.type === 'word' && what.value?.toLowerCase() === 'namespace') return;
  walk.report(node.at, say('runsCode', 'loads code that is not on the card'));
};

const redirectionVerdicts = ({ operator, target }: Redirection): readonly Verdict[] => {
  if (target === null || operator === '<') return [];
  if (target.type === 'variable' && target.name === 'null') return [];
  const shown = shownOf(target);
  if (/^nul:?$/i.test(shown)) return [];
  if (isWindowsOwned(shown)) return [say('overwrites', `writes to ${shown}, which the system goes by`)];
  return [say('writes', `writes to ${shown}`)];
};
