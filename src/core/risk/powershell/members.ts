import type { Verdict } from '../effect.ts';
import { named, say } from '../verdicts.ts';
import { constantOf, shownOf } from './constant.ts';
import type { Knowledge } from './knowledge.ts';
import { isWindowsSecret } from './places.ts';
import { programLineVerdicts, staticVerdicts } from './statics.ts';
import type { Expression, MemberNode } from './tree.ts';

/** Methods that only compute or look. */
const pure = new Set(
  `tostring trim trimstart trimend split substring replace startswith endswith contains containskey containsvalue
  indexof lastindexof indexofany padleft padright adddays addhours addminutes addseconds addmonths addyears
  addmilliseconds addticks subtract equals compareto where foreach waitforexit waitforstatus refresh dispose close
  clone copy matches match ismatch normalize remainder round floor tolower toupper tostring tochararray exists
  movenext reset peek tryparse trygetvalue isinrole isinstanceoftype isassignablefrom isdaylightsavingtime
  getawaiter computehash validate count first last any all flush beginread endread rewind readtoend readline read
  readblock tolocaltime touniversaltime toshortdatestring tolongdatestring toarray tolist selectnodes
  selectsinglenode findone findall findfirst endget binarysearch`.split(/\s+/),
);
const looks =
  /^(get|to|is|convert|has|can|test|find|compare|count|enumerate|describe|query|try(get|parse))[a-z_]*$/;
/** Of those, what does more than look. */
const reflects =
  /^(get(field|fields|method|methods|constructor|constructors|member|members|property|properties|interface|runtimemethod|delegateforfunctionpointer|procaddress)|invoke\w*|dynamicinvoke|begininvoke|setvalue|makegenericmethod|createdelegate|createinstance\w*|loadfile|loadfrom|addscript|addcommand|newscriptblock|expandstring|emit|definedynamic\w*)$/;
/** Members that show what must stay hidden, or where it lies. */
const secretMembers =
  /^(password|recoverypassword|unsecurepassword|plaintext|secretvalue(text)?|historysavepath)$/;
const containers =
  /^(add|addrange|append|appendline|appendformat|push|pop|enqueue|dequeue|insert|insertrange|clear|remove|removeat|removerange|sort|reverse|set_item|setvalue|addfirst|addlast|adjoin|unionwith|exceptwith|intersectwith|trimexcess|start|stop|restart|reset)$/;

/** What reading or calling a member does, its target and arguments aside. */
export const memberVerdicts = (node: MemberNode, known: Knowledge): readonly Verdict[] => {
  if (node.isStatic && node.target.type === 'type') return staticVerdicts(node.target.name, node, known);
  const { name, args } = node;
  if (args === null) return name !== null && secretMembers.test(name) ? [named.secrets] : [named.nothing];
  if (name === null) return [say('undecidable', 'calls a method that only shows when it runs')];
  if (node.isStatic) return [say('undecidable', `calls ${name} of a type that only shows when it runs`)];
  if (name === 'gettype')
    return args.length === 0 ? [] : [say('undecidable', 'reaches into code by its name')];
  if ((name === 'foreach' || name === 'where') && args[0] && args[0].type !== 'block')
    return eachMember(node, name, args, known);
  if (reflects.test(name) && !isLocal(node.target, known))
    return [say('undecidable', `calls ${name}, which runs what only shows when it runs`)];
  return acting(node, name, args, known) ?? unlisted(node, name, known);
};

/** `.ForEach('Delete')` calls a method of each by its name; `.ForEach([int])` only converts. */
const eachMember = (
  node: MemberNode,
  name: string,
  [first, ...rest]: readonly Expression[],
  known: Knowledge,
): readonly Verdict[] => {
  if (first?.type === 'type') return [];
  if (first?.type === 'variable' && known.variables.get(first.name)?.every((v) => v?.type === 'block'))
    return [];
  const method = name === 'foreach' ? constantOf(first ?? null, known) : null;
  if (method === null)
    return [say('undecidable', `runs what ${name} is given, which only shows when it runs`)];
  const target: Expression = { type: 'variable', at: node.at, name: '_' };
  return memberVerdicts({ ...node, target, name: method.toLowerCase(), args: rest }, known);
};

const unlisted = (node: MemberNode, name: string, known: Knowledge): readonly Verdict[] => {
  if (pure.has(name) || looks.test(name)) return [named.nothing];
  if (containers.test(name) && isLocal(node.target, known)) return [named.nothing];
  return [say('unknown', `calls ${name}, which is not in the catalogue`)];
};

/** What a pipe or a loop puts there, one after another. */
const isEach = (target: Expression): boolean =>
  target.type === 'variable' && (target.name === '_' || target.name === 'psitem');

const isTrue = (arg: Expression | undefined): boolean => arg?.type === 'variable' && arg.name === 'true';

/** Methods known to act, whatever object has them. */
const acting = (
  node: MemberNode,
  name: string,
  args: readonly Expression[],
  known: Knowledge,
): readonly Verdict[] | null => {
  if (/^(delete|deletetree|deletesubkeytree|psbase_delete|delete_)$/.test(name)) {
    const isSweeping = name !== 'delete' || args.some(isTrue) || isEach(node.target);
    return [say(isSweeping ? 'destroys' : 'deletes', `calls ${name}, which deletes`)];
  }
  if (/^(kill|terminate)$/.test(name)) return [say('kills', `calls ${name}, which ends a process`)];
  if (/^(win32shutdown\w*|reboot|shutdown)$/.test(name)) return [say('stops', 'shuts the machine down')];
  if (/^(cleareventlog|clearlog)$/.test(name)) return [say('destroys', 'empties a log')];
  if (name === 'format' && !isText(node.target)) return [say('destroys', 'may format a volume')];
  if (name === 'getnetworkcredential') return [say('secrets', 'shows the password of a credential')];
  if (
    /^(downloadstring|downloaddata|openread|getresponse|getasync|getstringasync|connect\w*|getstream|getbytearrayasync)(async|taskasync)?$/.test(
      name,
    )
  )
    return [say('network', `calls ${name}, which talks to another machine`)];
  if (/^downloadfile/.test(name)) return [named.network, say('writes', 'stores what it fetches')];
  if (/^(upload\w*|send\w*|postasync|putasync|deleteasync|getrequeststream)$/.test(name))
    return [say('sends', `calls ${name}, which sends data out`)];
  if (/^(stop|pause|stopservice|pauseservice|changestartmode)$/.test(name) && !isLocal(node.target, known))
    return [say('services', `calls ${name}, which may stop a service`)];
  if (name === 'create' || /^(exec|run|shellexecute|execquery_)$/.test(name)) return runsProgram(args, known);
  if (/^(executenonquery|commitchanges|put|put_|setinfo|save\w*)$/.test(name))
    return [say('writes', `calls ${name}, which stores what was changed`)];
  return null;
};

/** `$shell.Run("…")`, `$class.Create("…")`: what begins is a program with its words. */
const runsProgram = (args: readonly Expression[], known: Knowledge): readonly Verdict[] => {
  const text = constantOf(args[0] ?? null, known);
  if (text === null) return [say('undecidable', 'starts a program that only shows when it runs')];
  return [say('runsCode', `starts ${text.slice(0, shownMax)}`), ...programLineVerdicts(text)];
};
/** Characters of a program's name in a reason. */
const shownMax = 60;

const isText = (target: Expression): boolean =>
  target.type === 'string' || (target.type === 'type' && /^(system\.)?string$/.test(target.name));

/** Whether something is what the script made itself: a list, a table, a text, or a variable that only holds such. */
export const isLocal = (target: Expression, known: Knowledge, depth = 0): boolean => {
  const isLocalToo = (inner: Expression | null): boolean =>
    inner !== null && isLocal(inner, known, depth + 1);
  if (depth > depthMax) return false;
  switch (target.type) {
    case 'string':
    case 'number':
    case 'hash':
      return true;
    case 'list':
      return target.items.every(isLocalToo);
    case 'group':
      return target.statements.length === 0;
    case 'index':
      return isLocalToo(target.target);
    case 'member':
      return (
        target.isStatic &&
        target.name === 'new' &&
        target.target.type === 'type' &&
        isContainer(target.target.name)
      );
    case 'operation': {
      const [type, value] = target.operands;
      if (target.operators.length === 1 && target.operators[0] === 'cast')
        return type?.type === 'type' && isPlain(type.name) && isLocalToo(value ?? null);
      return target.operators.every((operator) => operator === '+') && target.operands.every(isLocalToo);
    }
    case 'variable': {
      const values = known.variables.get(target.name);
      return values !== undefined && values.length <= valuesMax && values.every(isLocalToo);
    }
    default:
      return false;
  }
};
/** Values of values, and assignments of one variable, that are looked through. */
const depthMax = 4;
const valuesMax = 20;

const isPlain = (type: string): boolean =>
  /^(pscustomobject|ordered|hashtable|psobject|array|(object|string|int)(\[\])?)$/.test(type) ||
  isContainer(type);

const isContainer = (type: string): boolean =>
  /^(system\.)?(collections\.[\w.]+(\[.*\])?|text\.stringbuilder|diagnostics\.stopwatch|random)$/.test(type);

/** What assigning to a member or an element does. */
export const propertyVerdicts = (target: Expression, known: Knowledge): readonly Verdict[] => {
  if (isLocal(target.type === 'member' || target.type === 'index' ? target.target : target, known)) return [];
  if (
    target.type === 'index' &&
    target.target.type === 'variable' &&
    !/^(ps\w*|env:.*)$/.test(target.target.name)
  )
    return [];
  if (target.type === 'member' && target.isStatic && target.target.type === 'type' && isOwnSetting(target))
    return [];
  return [say('writes', 'sets a property of something that it did not make')];
};

/** How this PowerShell prints, and which TLS it speaks. */
const isOwnSetting = (target: MemberNode): boolean =>
  target.target.type === 'type' &&
  /^(system\.)?(console(outputencoding|inputencoding|foregroundcolor)|net\.servicepointmanagersecurityprotocol)$/.test(
    `${target.target.name}${target.name}`,
  );

/** Arguments that name files: of `New-Object`, of methods that read. */
export const secretVerdicts = (args: readonly Expression[]): readonly Verdict[] => {
  const secret = args.find((arg) => isWindowsSecret(shownOf(arg)));
  return secret ? [say('secrets', `reads the secret ${shownOf(secret)}`)] : [];
};
