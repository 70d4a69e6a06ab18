/**
 * A PowerShell script as a tree, as far as risk needs it: which commands with which words, which members, what is
 * assigned where. Precedence of operators is left out; it changes results, never what runs.
 */

/** Where something begins in the script that a person reads, in UTF-16 units. */
interface Placed {
  readonly at: number;
}

/** A string or a bare word. `value` is null where parts of it only show when it runs; `lead` is what it begins with. */
export interface TextNode extends Placed {
  readonly type: 'string' | 'word';
  readonly text: string;
  readonly value: string | null;
  readonly lead: string;
  readonly parts: readonly Expression[];
}
export interface NumberNode extends Placed {
  readonly type: 'number';
  readonly text: string;
}
/** The name without its sigil, lower case, scopes like `script:` taken off; drives (`env:`) stay. */
export interface VariableNode extends Placed {
  readonly type: 'variable' | 'splat';
  readonly name: string;
}
/** `( … )`, `$( … )`, `@( … )`. */
export interface GroupNode extends Placed {
  readonly type: 'group';
  readonly statements: readonly Statement[];
}
export interface HashNode extends Placed {
  readonly type: 'hash';
  readonly entries: readonly { readonly key: Expression; readonly value: Statement }[];
}
export interface BlockNode extends Placed {
  readonly type: 'block';
  readonly statements: readonly Statement[];
}
/** `[name]`, whether a literal, a cast or an attribute; `args` are an attribute's. Lower case, blanks taken out. */
export interface TypeNode extends Placed {
  readonly type: 'type';
  readonly name: string;
  readonly args: readonly Expression[];
}
/** `target.name`, `target::name`, with `args` where it is called. `name` is null where it is computed. */
export interface MemberNode extends Placed {
  readonly type: 'member';
  readonly target: Expression;
  readonly isStatic: boolean;
  readonly name: string | null;
  readonly computed: Expression | null;
  readonly args: readonly Expression[] | null;
}
export interface IndexNode extends Placed {
  readonly type: 'index';
  readonly target: Expression;
  readonly index: readonly Expression[];
}
/** Operands with the operators between and before them, in the order of the text. */
export interface OperationNode extends Placed {
  readonly type: 'operation';
  readonly operators: readonly string[];
  readonly operands: readonly Expression[];
}
export interface ListNode extends Placed {
  readonly type: 'list';
  readonly items: readonly Expression[];
}

export type Expression =
  | TextNode
  | NumberNode
  | VariableNode
  | GroupNode
  | HashNode
  | BlockNode
  | TypeNode
  | MemberNode
  | IndexNode
  | OperationNode
  | ListNode;

/** A parameter of a command, as written: `-Name` or `-Name:value`. */
export interface Parameter extends Placed {
  readonly type: 'parameter';
  /** In lower case; programs get it as it is written. */
  readonly name: string;
  readonly text: string;
  readonly value: Expression | null;
}

export interface Redirection extends Placed {
  readonly type: 'redirection';
  readonly operator: string;
  /** Null where a stream goes into another one. */
  readonly target: Expression | null;
}

export interface CommandNode extends Placed {
  readonly type: 'command';
  /** `&` and `.` run what the name expression turns out to be. */
  readonly operator: '' | '&' | '.';
  readonly name: Expression;
  readonly args: readonly (Expression | Parameter)[];
  readonly redirections: readonly Redirection[];
}

/** An expression where a command could stand. */
export interface ValueNode extends Placed {
  readonly type: 'value';
  readonly expression: Expression;
  readonly redirections: readonly Redirection[];
}

export interface PipelineNode extends Placed {
  readonly type: 'pipeline';
  readonly elements: readonly (CommandNode | ValueNode)[];
}
export interface AssignmentNode extends Placed {
  readonly type: 'assignment';
  readonly target: Expression;
  readonly operator: string;
  readonly value: Statement;
}
/** Loops, branches, `try` and the like: all that they hold may run. */
export interface ControlNode extends Placed {
  readonly type: 'control';
  readonly keyword: string;
  readonly parts: readonly (Statement | Expression)[];
}
export interface FunctionNode extends Placed {
  readonly type: 'function';
  readonly keyword: string;
  readonly name: string;
  readonly parts: readonly (Statement | Expression)[];
}

export type Statement = PipelineNode | AssignmentNode | ControlNode | FunctionNode;
export type SyntaxNode = Statement | Expression | Parameter | Redirection | CommandNode | ValueNode;
