import { type Command, forEachChild, type ParsedScript, type Redirection, type SyntaxNode } from 'unbash';
import { commandVerdicts } from './command.ts';
import type { Verdict } from './effect.ts';
import { type Knowledge, readerOf } from './knowledge.ts';
import { leafVerdicts } from './leaf.ts';
import { riskCallsMax, riskDepthMax, riskNodesMax } from './limits.ts';
import { isSecretPath } from './paths.ts';
import { holdsExtendedPattern, isKnownOperation, isPlainEnd } from './read-alike.ts';
import type { Stdin } from './rule.ts';
import { shownSecrets } from './shown-secrets.ts';
import { outputOf } from './stdin.ts';
import { fillsOf } from './values.ts';
import { isBalanced, losesText, opensArithmetic } from './well-formed.ts';
import { type Arg, argOf, argsOf, plainArg, type Reader } from './word.ts';

/** What a walk needs and what it leaves behind; one for a script and all the texts inside it. */
export interface Walk {
  readonly known: Knowledge;
  nodes: number;
  unparsed: string | null;
  readonly report: (at: number, verdict: Verdict) => void;
  readonly runsText: (text: string, at: number, stdin: Stdin) => readonly Verdict[];
  /** Are shown what the script names: its commands with their words, and the files of its redirections. */
  readonly meets?: ((args: readonly Arg[]) => void) | undefined;
  readonly meetsFile?: ((file: Arg) => void) | undefined;
  /** Is shown what is done beside the commands: by redirections, assignments and expansions. */
  readonly meetsEffects?: ((verdicts: readonly Verdict[]) => void) | undefined;
}

interface Step {
  readonly node: SyntaxNode;
  readonly depth: number;
  readonly stdin: Stdin;
  /** The text in which the positions of the node count. */
  readonly source: string;
  /** Where to report, for trees whose positions are not the script's own. */
  readonly at: number | null;
}

/** Visits every node once, with a stack of its own: a script decides how deep it nests, not how deep we call. */
export const walkTree = (tree: ParsedScript, source: string, walk: Walk, stdin: Stdin): void => {
  const stack: Step[] = [{ node: tree, depth: 0, stdin, source, at: null }];
  while (stack.length > 0) {
    const step = stack.pop() as Step;
    walk.nodes++;
    if (walk.nodes > riskNodesMax || step.depth > riskDepthMax) {
      walk.unparsed = 'is too large to be read through';
      return;
    }
    stack.push(...visit(step, walk).reverse());
  }
};

const visit = (step: Step, walk: Walk): Step[] => {
  const { node } = step;
  const next: Step = { ...step, depth: step.depth + 1 };
  switch (node.type) {
    case 'Script': {
      const { errors } = node as ParsedScript;
      if (errors && errors.length > 0) walk.unparsed = errors[0]?.message ?? 'is not valid';
      // A backtick's script with escapes has a text of its own, so its positions mean nothing outside.
      if (node.source !== undefined)
        return childrenOf(node, { ...next, source: node.source, at: step.at ?? 0 });
      break;
    }
    case 'CommandExpansion':
    case 'ProcessSubstitution':
    case 'ArithmeticCommandExpansion': {
      if (node.script === undefined) walk.unparsed = 'holds a substitution that can not be read';
      const fed: Stdin =
        node.type === 'ProcessSubstitution' && node.operator === '>' ? { kind: 'data' } : step.stdin;
      return childrenOf(node, {
        ...next,
        stdin: fed,
        at: step.at ?? (node.script?.source === undefined ? null : node.pos),
      });
    }
    case 'Pipeline':
      return node.commands.map((command, i) => ({
        ...next,
        node: command,
        stdin: i === 0 ? step.stdin : outputOf(node.commands[i - 1], walk.known),
      }));
    case 'Redirected':
      return childrenOf(node, { ...next, stdin: fedBy(node.redirects, walk.known) ?? step.stdin });
    case 'Coproc':
      return childrenOf(node, { ...next, stdin: { kind: 'data' } });
    case 'Command':
      return visitCommand(node, step, next, walk);
    default:
      visitLeaf(node, step, walk);
  }
  return childrenOf(node, next);
};

const childrenOf = (node: SyntaxNode, next: Step): Step[] => {
  const children: Step[] = [];
  const { depth, stdin, source, at } = next;
  forEachChild(node, (child) => children.push({ node: child, depth, stdin, source, at }));
  return children;
};

const reportAll = (verdicts: readonly Verdict[], step: Step, walk: Walk): void => {
  for (const verdict of verdicts) walk.report(step.at ?? step.node.pos, verdict);
};

const visitCommand = (node: Command, step: Step, next: Step, walk: Walk): Step[] => {
  if (losesText(node, step.source)) walk.unparsed = 'holds a parenthesis that belongs to nothing';
  if (holdsExtendedPattern(node) && !step.source.includes('extglob'))
    walk.unparsed = 'holds a pattern that Bash takes only after shopt -s extglob';
  const stdin = fedBy(node.redirects, walk.known) ?? step.stdin;
  if (node.name) {
    const at = step.at ?? node.pos;
    const words = [node.name, ...node.args];
    const judgeWords = (args: readonly Arg[]): readonly Verdict[] =>
      commandVerdicts(args, {
        known: walk.known,
        stdin,
        depth: 0,
        calls: { left: riskCallsMax },
        runsText: (text, fed) => walk.runsText(text, at, fed),
        meets: walk.meets,
      });
    const judge = (reader: Reader): readonly Verdict[] => {
      const args = words.flatMap((word) =>
        word.type === 'Word' ? argsOf(word, reader) : plainArg(word.text),
      );
      return [...judgeWords(args), ...secretsInFolders(args, walk.known).flatMap(judgeWords)];
    };
    const reader = readerOf(walk.known);
    reportAll(judge(reader), step, walk);
    // Once more for each text that the script gives to its variables: that may show a risk, and never hides one.
    for (const fill of fillsOf(
      words.filter((word) => word.type === 'Word'),
      walk.known.values,
    ))
      reportAll(judge({ ...reader, fill }), step, walk);
    reportAll(shownSecrets(node, walk.known), step, walk);
  }
  return childrenOf(node, { ...next, stdin });
};

/** The words of a command as they read in each folder that the script goes to, where one of them is a secret there. */
const secretsInFolders = (args: readonly Arg[], { folders }: Knowledge): readonly (readonly Arg[])[] =>
  [...folders].flatMap((folder) => {
    const there = args.map((arg, i) => {
      if (i === 0 || arg.value === null || /^[-/~$]/.test(arg.value) || isSecretPath(arg.value)) return arg;
      const path = `${folder}/${arg.value}`;
      return isSecretPath(path, arg.isGlob) ? { ...plainArg(path), isGlob: arg.isGlob } : arg;
    });
    return there.some((arg, i) => arg !== args[i]) ? [there] : [];
  });

/** What the redirections put on standard input; null where they don't. */
const fedBy = (redirects: readonly Redirection[], known: Knowledge): Stdin | null => {
  let fed: Stdin | null = null;
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') {
      const { text, parts } = redirect.body;
      fed =
        parts === undefined || parts.every((part) => part.type === 'Literal')
          ? { kind: 'text', text }
          : { kind: 'data' };
    } else if (redirect.type === 'HereString') {
      const value = redirect.target ? argOf(redirect.target, readerOf(known)).value : null;
      fed = value === null ? { kind: 'data' } : { kind: 'text', text: value };
    } else if (redirect.operator === '<' || redirect.operator === '<&' || redirect.operator === '<>') {
      const isNull = redirect.target?.value === '/dev/null' || redirect.target?.value === '-';
      fed = isNull ? { kind: 'none' } : { kind: 'data' };
    }
  }
  return fed;
};

const visitLeaf = (node: SyntaxNode, step: Step, walk: Walk): void => {
  const at = step.at ?? node.pos;
  if (walk.meetsFile && node.type === 'Redirect' && node.target) {
    const reader = readerOf(walk.known);
    const fills = fillsOf([node.target], walk.known.values).map((fill) => ({ ...reader, fill }));
    for (const each of [reader, ...fills]) argsOf(node.target, each).forEach(walk.meetsFile);
  }
  const verdicts = leafVerdicts(node, walk.known, (text) => walk.runsText(text, at, { kind: 'none' }));
  walk.meetsEffects?.(verdicts);
  reportAll(verdicts, step, walk);
  if (node.type === 'ParameterExpansion' && !isKnownOperation(node.operation))
    walk.unparsed = 'holds an expansion that can not be read';
  const plain =
    node.type === 'Literal' || (node.type === 'Word' && node.parts === undefined) ? node.text : '';
  if (opensArithmetic(plain)) walk.unparsed = 'holds arithmetic that does not end';
  if (node.type === 'HereDoc' && !isPlainEnd(node.delimiter?.text ?? ''))
    walk.unparsed = 'holds a here-document whose end can not be read';
  if (node.type === 'ArithmeticExpansion' && /^\$\[/.test(node.text) && !isBalanced(node.text))
    walk.unparsed = 'holds arithmetic that does not end';
  if (node.type === 'ArithmeticExpansion' && node.expression === undefined && /[^\s()$]/.test(node.text))
    walk.unparsed = 'holds arithmetic that can not be read';
};
