import { describe, expect, it } from 'vitest';
import { bodyOf, lineOf, nodesOf, type SourceFile, sourcesUnder, textAt, textOf } from './source-tree.ts';

/**
 * Where code lives (docs/ARCHITECTURE.md): imports go down only, types too. The files that each floor is made of are
 * named here; a new folder gets its floor here first.
 */
const floors = [
  { name: 'core, which only computes', paths: ['src/core/'] },
  { name: 'ports, the contracts', paths: ['src/ports/'] },
  { name: 'flow, the verbs', paths: ['src/flow/'] },
  {
    name: 'adapters, the world outside',
    paths: [
      ...['src/slack/', 'src/discord/', 'src/web/'],
      ...['src/http/', 'src/alerts/'],
      ...['src/grpc/', 'src/redis/', 'src/queue/', 'src/sql/'],
      ...['src/llm/', 'src/runbooks/'],
      'src/pki/',
      'src/redaction/',
      'src/system/',
    ],
  },
  {
    name: 'wiring',
    paths: [
      ...['src/main.ts', 'src/app.ts', 'src/config.ts', 'src/cli/'],
      ...['src/chats.ts', 'src/hooks.ts', 'src/incidents.ts', 'src/mind.ts', 'src/outer-door.ts'],
    ],
  },
];
const adapterFloor = 3;

const agentFloors = [
  { name: "the agent's core", paths: ['agent/src/core/'] },
  { name: 'its runs', paths: ['agent/src/run/'] },
  { name: 'its link to the gateway', paths: ['agent/src/link/'] },
  {
    name: "the agent's wiring",
    paths: [
      'agent/src/agent.ts',
      'agent/src/main.ts',
      'agent/src/config.ts',
      'agent/src/help.ts',
      'agent/src/join-command.ts',
      'agent/src/leave-command.ts',
      'agent/src/policy-command.ts',
      'agent/src/status-command.ts',
      'agent/src/texts.d.ts',
    ],
  },
];
/** Of no floor: they import nothing of the agent, and any part of it may write to the log. */
const agentLog = 'agent/src/log.ts';

/** What both ends must agree on; everything else of the server is none of the agent's business. */
const sharedCore = [
  'src/core/audit-head.ts',
  'src/core/audit-witness.ts',
  'src/core/join-token.ts',
  'src/core/limits.ts',
  'src/core/order.ts',
  'src/core/risk/',
  'src/core/script.ts',
  'src/core/signature.ts',
  'src/core/succession.ts',
  'src/core/tls-name.ts',
];

/** Libraries that only compute. */
const computingPackages = ['node:crypto', 'fastest-levenshtein', 'unbash', 'yaml', 'zod'];

const server = sourcesUnder('src');
const agent = sourcesUnder('agent/src');
const proto = sourcesUnder('proto');

const floorOf = (path: string, of: typeof floors): number =>
  of.findIndex(({ paths }) => paths.some((p) => (p.endsWith('/') ? path.startsWith(p) : path === p)));
const isUnder = (path: string, folder: string): boolean => path.startsWith(folder);

/** One line for each import that breaks a rule: "src/core/card.ts imports src/flow/act.ts". */
const importsOf = (
  files: readonly SourceFile[],
  breaks: (from: string, to: string, isFile: boolean) => boolean,
) =>
  files.flatMap(({ path, imports }) =>
    imports.filter(({ to, isFile }) => breaks(path, to, isFile)).map(({ to }) => `${path} imports ${to}`),
  );

/** One line for each place in the syntax that breaks a rule. */
const placesOf = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.flatMap((file) =>
    nodesOf(file.tree)
      .filter((n) => /^(MemberExpression|Identifier|NewExpression|CallExpression)$/.test(n.type))
      .filter((n) => pattern.test(textOf(file, n)))
      .map((n) => `${file.path}:${lineOf(file, n.start)} has ${textOf(file, n)}`),
  );

describe('the floors', () => {
  it('every file of the server stands on one', () => {
    const homeless = server.filter(({ path }) => floorOf(path, floors) < 0).map(({ path }) => path);
    expect(
      homeless,
      'put the file into a folder of DESIGN §10, or give its folder a floor in this test',
    ).toEqual([]);
  });

  it('imports go down only', () => {
    const up = importsOf(
      server,
      (from, to) => isUnder(to, 'src/') && floorOf(to, floors) > floorOf(from, floors),
    );
    expect(up, 'take what is needed through a port of src/ports, or move it down').toEqual([]);
  });

  it('adapters never import each other', () => {
    const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
    const sideways = importsOf(
      server,
      (from, to) =>
        floorOf(from, floors) === adapterFloor &&
        floorOf(to, floors) === adapterFloor &&
        folderOf(from) !== folderOf(to),
    );
    expect(sideways, 'let src/app.ts hand one to the other, behind a port').toEqual([]);
  });

  it('ports and core know no packages, but for those that only compute', () => {
    const files = server.filter(({ path }) => floorOf(path, floors) < 2);
    const outside = importsOf(files, (_, to, isFile) => !isFile && !computingPackages.includes(to));
    expect(outside, 'core and ports take values; the package belongs into an adapter').toEqual([]);
  });

  it('the stream is spoken by the gateway and the agent alone', () => {
    const speakers = importsOf(server, (from, to) => isUnder(to, 'proto/') && !isUnder(from, 'src/grpc/'));
    expect(speakers, 'translate in src/grpc; the rest of the server has its own words').toEqual([]);
    expect(
      importsOf(proto, (_, to, isFile) => isFile && !isUnder(to, 'proto/')),
      'proto/ stands by itself',
    ).toEqual([]);
  });

  it('nothing of the product imports a test, a script or the agent', () => {
    const strange = importsOf(
      [...server, ...agent],
      (from, to, isFile) =>
        isFile && (/^(test|scripts|bin)\//.test(to) || (isUnder(to, 'agent/') && isUnder(from, 'src/'))),
    );
    expect(strange, 'the server and the agent meet in proto/ and src/core only').toEqual([]);
  });
});

describe('core', () => {
  const core = server.filter(({ path }) => isUnder(path, 'src/core/'));
  const pure = [...core, ...agent.filter(({ path }) => isUnder(path, 'agent/src/core/'))];

  it('asks no clock: time comes in as a value', () => {
    const clocks = placesOf(
      pure,
      /^(Date\.now\b|new Date(\(\))?$|Date\(\)|performance\.|process\.hrtime|setTimeout$|setInterval$)/,
    );
    expect(clocks, 'take `now` as a parameter').toEqual([]);
  });

  it('throws no dice: ids come in as values', () => {
    const dice = placesOf(pure, /^(Math\.random|randomUUID|randomBytes|randomInt|getRandomValues)$/);
    expect(dice, 'take the id as a parameter').toEqual([]);
  });

  it('knows no process, console or network', () => {
    const world = placesOf(pure, /^(process|console|fetch|globalThis)$/);
    expect(world, 'return a value, and let a floor above act on it').toEqual([]);
  });

  it('of the agent imports nothing that acts either', () => {
    const agentCore = pure.filter((file) => !core.includes(file));
    const acting = importsOf(
      agentCore,
      (_, to, isFile) => !isFile && !computingPackages.includes(to) && to !== 'node:path',
    );
    expect(acting, 'agent/src/core computes; agent/src/run acts').toEqual([]);
  });
});

describe('the agent', () => {
  it('stands on floors of its own', () => {
    const homeless = agent
      .map(({ path }) => path)
      .filter((path) => path !== agentLog && floorOf(path, agentFloors) < 0);
    expect(homeless, 'put the file into core, run or link, or give its folder a floor in this test').toEqual(
      [],
    );
    const up = importsOf(
      agent,
      (from, to) =>
        isUnder(to, 'agent/') && to !== agentLog && floorOf(to, agentFloors) > floorOf(from, agentFloors),
    );
    expect(up, 'hand it in from agent.ts, or move it down').toEqual([]);
  });

  it('takes from outside its folder only proto/ and what both ends must agree on', () => {
    const taken = importsOf(
      agent,
      (_, to, isFile) =>
        isFile && !/^(agent|proto)\//.test(to) && !sharedCore.some((shared) => to.startsWith(shared)),
    );
    expect(taken, `write it in agent/src, or say here why both ends must share it: ${sharedCore}`).toEqual(
      [],
    );
  });
});

it('no file leads back to itself by its imports', () => {
  const graph = new Map(
    [...server, ...agent, ...proto].map(({ path, imports }) => [
      path,
      // Types are gone when the program runs: two shapes of one floor may know each other.
      imports.filter((i) => i.isFile && !i.isTypeOnly).map((i) => i.to),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (done.has(path) || way.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles, 'move what both need into a file of its own').toEqual([]);
});

it('no file only hands on what others export', () => {
  const barrels = [...server, ...agent, ...proto]
    .filter(({ tree }) => {
      const handsOn = bodyOf(tree).filter((n) => n.type !== 'ImportDeclaration');
      return handsOn.length > 0 && handsOn.every((n) => n.type.startsWith('Export') && !n.declaration);
    })
    .map(({ path }) => path);
  expect(barrels, 'import from where it is written').toEqual([]);
});

it('every package that is imported is declared', () => {
  const declaredIn = (path: string): string[] => Object.keys(JSON.parse(textAt(path)).dependencies);
  const packageOf = (to: string): string => to.split('/', to.startsWith('@') ? 2 : 1).join('/');
  const [ofServer, ofAgent] = [declaredIn('package.json'), declaredIn('agent/package.json')];
  const isMissingIn = (declared: string[]) => (_: string, to: string, isFile: boolean) =>
    !isFile && !to.startsWith('node:') && !declared.includes(packageOf(to));
  const missing = [
    ...importsOf([...server, ...proto], isMissingIn(ofServer)),
    ...importsOf([...agent, ...proto], isMissingIn(ofAgent)),
  ];
  expect(missing, 'add it to the dependencies of package.json, or of agent/package.json').toEqual([]);
});

it('only the config files read the environment', () => {
  const readers = [...server, ...agent].filter(({ path }) => !/(^|\/)config\.ts$/.test(path));
  const reads = readers.flatMap((file) =>
    nodesOf(file.tree)
      .filter((n) => n.type === 'MemberExpression' && textOf(file, n) === 'process.env')
      .map((n) => `${file.path}:${lineOf(file, n.start)}`),
  );
  // The entry hands the environment to the config, unread.
  const unread = reads.filter((place) => !/\/main\.ts:/.test(place));
  expect(unread, 'read it in config.ts and hand it down as a value').toEqual([]);
});
