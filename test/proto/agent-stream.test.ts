import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { protocolVersion } from '../../proto/agent-stream.ts';
import { bodyOf, type SyntaxNode, sourceFile, textAt, textOf } from '../source-tree.ts';

/** The proto file is the contract; proto/agent-stream.ts says the same to TypeScript, and this holds them together. */
const protoText = textAt('proto/nerdyops/v1/agent.proto');
const schema = protobuf
  .parse(protoText, { keepCase: false })
  .root.lookup('nerdyops.v1') as protobuf.Namespace;
const messages = schema.nestedArray.filter((n) => n instanceof protobuf.Type);
const enums = schema.nestedArray.filter((n) => n instanceof protobuf.Enum);

const isMessage = (name: string): boolean => messages.some((m) => m.name === name);

/** What TypeScript calls a message or enum: `Wire` and its name, but for these. */
const otherNames: Readonly<Record<string, string>> = {
  AgentFrame: 'AgentFrame',
  AgentItem: 'AgentItem',
  GatewayFrame: 'GatewayFrame',
  GatewayItem: 'GatewayItem',
  MachineFacts: 'WireFacts',
  OutputStream: 'WireStream',
  FinishedEnd: 'WireEnd',
  // Messages that say nothing but which run they are about.
  Accepted: 'WireRunOnly',
  Started: 'WireRunOnly',
  FinishedAck: 'WireRunOnly',
  Cancel: 'WireRunOnly',
};
const nameOf = (name: string): string => otherNames[name] ?? `Wire${name}`;

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  bytes: 'Buffer',
  bool: 'boolean',
  double: 'number',
  uint32: 'number',
  uint64: 'number',
  int32: 'number',
};

/** A field's type as TypeScript must have it, with the loader's options: longs are numbers, enums their names. */
const typeOf = (field: protobuf.Field): string => {
  if (field instanceof protobuf.MapField) return `Record<${scalars[field.keyType]}, ${scalars[field.type]}>`;
  const type = scalars[field.type] ?? nameOf(field.type);
  if (field.repeated) return `${type}[]`;
  // A message that was not sent is null; everything else has its default.
  return isMessage(field.type) && !field.partOf ? `${type} | null` : type;
};

const source = sourceFile('proto/agent-stream.ts');
const declarations = new Map(
  bodyOf(source.tree).flatMap((n): [string, SyntaxNode][] => {
    const declaration = n.declaration as (SyntaxNode & { id: { name: string } }) | null | undefined;
    return declaration && /^TS(Interface|TypeAlias)Declaration$/.test(declaration.type)
      ? [[declaration.id.name, declaration]]
      : [];
  }),
);

/** The fields of an interface, each as it is written: `runId: Buffer`. */
const fieldsOf = (name: string): string[] =>
  bodyOf((declarations.get(name)?.body ?? { body: [] }) as SyntaxNode).map((n) =>
    textOf(source, n).replace(/;$/, ''),
  );
const aliasOf = (name: string): string => {
  const alias = declarations.get(name);
  return alias ? textOf(source, alias) : '';
};

describe('proto/agent-stream.ts says what agent.proto says', () => {
  it.each(messages.filter((m) => m.oneofsArray.length === 0).map((m) => [m.name, m] as const))(
    'of the fields of %s',
    (_, message) => {
      const expected = message.fieldsArray.map((f) => `${f.name}: ${typeOf(f)}`);
      expect(fieldsOf(nameOf(message.name)).sort()).toEqual(expected.sort());
    },
  );

  it.each(messages.filter((m) => m.oneofsArray.length > 0).map((m) => [m.name, m] as const))(
    'of the items that %s can be',
    (_, message) => {
      const expected = message.fieldsArray.map((f) => `${f.name}: ${typeOf(f)}`);
      const found = [...aliasOf(nameOf(message.name)).matchAll(/\{ (\w+: Wire\w+) \}/g)].map((m) => m[1]);
      expect(found.sort()).toEqual(expected.sort());
    },
  );

  it.each(enums.map((e) => [e.name, e] as const))('of the values of %s', (_, values) => {
    const found = [...aliasOf(nameOf(values.name)).matchAll(/'(\w+)'/g)].map((m) => m[1]);
    expect(found.sort()).toEqual(Object.keys(values.values).sort());
  });

  it('and of nothing else', () => {
    const known = new Set([...messages, ...enums].map((n) => nameOf(n.name)));
    expect([...declarations.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  it('of its version', () => {
    expect(protoText).toMatch(new RegExp(`Now ${protocolVersion}\\.\\s+uint32 protocol_version`));
  });
});

describe('agent.proto', () => {
  it('says of every message who sends it, or is a part of one that does', () => {
    const parts = new Set(messages.flatMap((m) => m.fieldsArray.map((f) => f.type)));
    const silent = messages.filter((m) => {
      const above = protoText
        .slice(0, protoText.indexOf(`message ${m.name} {`))
        .trimEnd()
        .split('\n')
        .reverse();
      const comment = above
        .slice(
          0,
          above.findIndex((line) => !line.startsWith('//')),
        )
        .reverse()
        .join(' ');
      const isItem = !parts.has(m.name) || /Item$/.test(nameOf(m.name)) || itemTypes.has(m.name);
      return isItem && !/^\/\/ (Agent to gateway|Gateway to agent)/.test(comment);
    });
    expect(silent.map((m) => m.name)).toEqual([]);
  });

  it('begins every enum with a value that means nothing was said', () => {
    for (const { values } of enums) expect(Object.keys(values)[0]).toMatch(/_UNSPECIFIED$/);
  });
});

const itemTypes = new Set(
  messages.filter((m) => m.oneofsArray.length > 0).flatMap((m) => m.fieldsArray.map((f) => f.type)),
);
